// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"
)

// vmx is the content of a configuration file: values by key, as they are without the file's escapes.
type vmx map[string]string

var (
	vmxLine    = regexp.MustCompile(`^\s*([^#=\s][^=]*?)\s*=\s*"(.*)"\s*$`)
	vmxEscapes = strings.NewReplacer("|", "|7C", `"`, "|22", "\n", "|0A", "\r", "|0D", "#", "|23")
	vmxEscape  = regexp.MustCompile(`\|([0-9A-Fa-f]{2})`)
)

// parseVMX reads a configuration file. What it does not understand it skips, as a server does.
func parseVMX(text io.Reader) vmx {
	found := vmx{}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if parts := vmxLine.FindStringSubmatch(lines.Text()); parts != nil {
			found[strings.ToLower(parts[1])] = vmxEscape.ReplaceAllStringFunc(parts[2], func(escaped string) string {
				code, _ := strconv.ParseUint(escaped[1:], 16, 8)
				return string([]byte{byte(code)})
			})
		}
	}
	return found
}

func (v vmx) text() []byte {
	keys := make([]string, 0, len(v))
	for key := range v {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	text := ".encoding = \"UTF-8\"\n"
	for _, key := range keys {
		text += fmt.Sprintf("%s = \"%s\"\n", key, vmxEscapes.Replace(v[key]))
	}
	return []byte(text)
}

func (v vmx) is(key string) bool { return strings.EqualFold(v[strings.ToLower(key)], "true") }

func (v vmx) number(key string) int64 {
	number, _ := strconv.ParseInt(v[strings.ToLower(key)], 10, 64)
	return number
}

// vmxUUID writes a UUID as these files do: 56 4d 01 …-….
func vmxUUID(uuid string) string {
	digits := strings.ReplaceAll(uuid, "-", "")
	var pairs []string
	for i := 0; i+2 <= len(digits); i += 2 {
		pairs = append(pairs, digits[i:i+2])
	}
	if len(pairs) != 16 {
		return uuid
	}
	return strings.Join(pairs[:8], " ") + "-" + strings.Join(pairs[8:], " ")
}

// plainUUID is the reverse of vmxUUID.
func plainUUID(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if len(digits) != 32 {
		return ""
	}
	return strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-")
}

// guest ids are written in another way in files: rhel8_64Guest is rhel8-64.
func vmxGuest(id string) string { return strings.ReplaceAll(strings.TrimSuffix(id, "Guest"), "_", "-") }

func guestOf(text string) string { return strings.ReplaceAll(text, "-", "_") + "Guest" }

// renderVMX writes the configuration of a machine.
func renderVMX(config *types.VirtualMachineConfigInfo) []byte {
	stem := strings.TrimSuffix(path.Base(config.Files.VmPathName), ".vmx")
	v := vmx{
		"config.version":         "8",
		"virtualHW.version":      strings.TrimPrefix(config.Version, "vmx-"),
		"displayName":            unescape(config.Name),
		"guestOS":                vmxGuest(config.GuestId),
		"memSize":                fmt.Sprint(config.Hardware.MemoryMB),
		"numvcpus":               fmt.Sprint(config.Hardware.NumCPU),
		"cpuid.coresPerSocket":   fmt.Sprint(max(1, config.Hardware.NumCoresPerSocket)),
		"uuid.bios":              vmxUUID(config.Uuid),
		"uuid.location":          vmxUUID(config.Uuid),
		"vc.uuid":                vmxUUID(config.InstanceUuid),
		"nvram":                  stem + ".nvram",
		"extendedConfigFile":     stem + ".vmxf",
		"sched.swap.derivedName": "/vmfs/volumes/" + stem + ".vswp",
		"migrate.hostLog":        stem + ".hlog",
		"vmx.log.keepOld":        "6",
	}
	if config.Firmware == "efi" {
		v["firmware"] = "efi"
	}
	if config.Annotation != "" {
		v["annotation"] = config.Annotation
	}
	for _, option := range config.ExtraConfig {
		if one := option.GetOptionValue(); one.Value != nil {
			v[one.Key] = fmt.Sprint(one.Value)
		}
	}
	v.addDevices(config)
	return v.text()
}

// vmxController is a kind of controller: its name before the bus number, and its model.
type vmxController struct{ bus, model string }

var vmxControllers = map[string]vmxController{
	"ParaVirtualSCSIController":    {"scsi", "pvscsi"},
	"VirtualLsiLogicController":    {"scsi", "lsilogic"},
	"VirtualLsiLogicSASController": {"scsi", "lsisas1068"},
	"VirtualBusLogicController":    {"scsi", "buslogic"},
	"VirtualIDEController":         {"ide", ""},
	"VirtualAHCIController":        {"sata", ""},
	"VirtualNVMEController":        {"nvme", ""},
}

func (v vmx) addDevices(config *types.VirtualMachineConfigInfo) {
	devices := object.VirtualDeviceList(config.Hardware.Device)
	folder := path.Dir(config.Files.VmPathName) + "/"
	nics := 0
	for _, device := range devices {
		of := device.GetVirtualDevice()
		if controller, ok := device.(types.BaseVirtualController); ok {
			if kind, known := vmxControllers[typeOf(device)]; known && kind.bus != "ide" {
				at := fmt.Sprintf("%s%d.", kind.bus, controller.GetVirtualController().BusNumber)
				v[at+"present"] = "TRUE"
				if kind.model != "" {
					v[at+"virtualDev"] = kind.model
				}
			}
			continue
		}
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			v.addCard(fmt.Sprintf("ethernet%d.", nics), device, card.GetVirtualEthernetCard())
			nics++
			continue
		}
		on, _ := devices.FindByKey(of.ControllerKey).(types.BaseVirtualController)
		if on == nil || of.UnitNumber == nil {
			continue
		}
		kind, known := vmxControllers[typeOf(on.(types.BaseVirtualDevice))]
		if !known {
			continue
		}
		at := fmt.Sprintf("%s%d:%d.", kind.bus, on.GetVirtualController().BusNumber, *of.UnitNumber)
		backing, _ := of.Backing.(types.BaseVirtualDeviceFileBackingInfo)
		switch device.(type) {
		case *types.VirtualDisk:
			v[at+"present"], v[at+"deviceType"] = "TRUE", "scsi-hardDisk"
			if flat, ok := of.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok && flat.DiskMode != "" && flat.DiskMode != "persistent" {
				v[at+"mode"] = strings.Replace(flat.DiskMode, "_", "-", 1)
			}
		case *types.VirtualCdrom:
			v[at+"present"], v[at+"deviceType"] = "TRUE", "atapi-cdrom"
			if backing != nil {
				v[at+"deviceType"] = "cdrom-image"
			}
			v[at+"startConnected"] = strings.ToUpper(fmt.Sprint(of.Connectable != nil && of.Connectable.StartConnected))
		default:
			continue
		}
		if backing != nil {
			v[at+"fileName"] = strings.TrimPrefix(backing.GetVirtualDeviceFileBackingInfo().FileName, folder)
		}
	}
}

var vmxCards = map[string]string{"VirtualVmxnet3": "vmxnet3", "VirtualE1000": "e1000", "VirtualE1000e": "e1000e", "VirtualVmxnet2": "vmxnet2"}

func (v vmx) addCard(at string, device types.BaseVirtualDevice, card *types.VirtualEthernetCard) {
	v[at+"present"], v[at+"virtualDev"] = "TRUE", vmxCards[typeOf(device)]
	v[at+"startConnected"] = strings.ToUpper(fmt.Sprint(card.Connectable == nil || card.Connectable.StartConnected))
	if strings.EqualFold(card.AddressType, "manual") {
		v[at+"addressType"], v[at+"address"] = "static", card.MacAddress
	} else {
		v[at+"addressType"], v[at+"generatedAddress"], v[at+"generatedAddressOffset"] = "generated", card.MacAddress, "0"
	}
	switch backing := card.Backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		v[at+"networkName"] = backing.DeviceName
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		v[at+"dvs.switchId"], v[at+"dvs.portgroupId"] = backing.Port.SwitchUuid, backing.Port.PortgroupKey
	case *types.VirtualEthernetCardOpaqueNetworkBackingInfo:
		v[at+"opaqueNetwork.id"], v[at+"opaqueNetwork.type"] = backing.OpaqueNetworkId, backing.OpaqueNetworkType
	}
}

// typeOf is the name of a device's type.
func typeOf(device types.BaseVirtualDevice) string {
	return strings.TrimPrefix(fmt.Sprintf("%T", device), "*types.")
}

// renderDescriptor describes a disk of so many bytes.
func renderDescriptor(size int64) []byte {
	return fmt.Appendf(nil, "# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\nCID=fffffffe\nparentCID=ffffffff\ncreateType=\"vmfs\"\n\n"+
		"# Extent description\nRW %d VMFS \"disk-flat.vmdk\"\n\n# The Disk Data Base\n#DDB\n\nddb.virtualHWVersion = \"19\"\n", size>>9)
}

var extent = regexp.MustCompile(`(?m)^RW (\d+) `)

// describedSize is the size in bytes of the disk that a descriptor describes; 0 if it describes none.
func describedSize(descriptor io.Reader) int64 {
	text, _ := io.ReadAll(io.LimitReader(descriptor, 1<<16))
	if parts := extent.FindSubmatch(text); parts != nil {
		sectors, _ := strconv.ParseInt(string(parts[1]), 10, 64)
		return sectors << 9
	}
	return 0
}
