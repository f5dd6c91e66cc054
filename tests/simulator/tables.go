// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import "github.com/vmware/govmomi/vim25/types"

// What the estate is dressed with. A list that is too short is begun again.

// site is where a datacenter stands; its code begins the names of what is in it.
type site struct{ name, code string }

var sites = []site{
	{"Madrid", "mad"}, {"Lyon", "lyo"}, {"Shanghai", "sha"}, {"Toronto", "tor"}, {"Málaga", "mlg"}, {"Oslo", "osl"},
}

const domain = "corp.example"

var (
	siteFolders  = []string{"Production sites", "Branch offices", "Recovery sites"}
	clusterNames = []string{"Production", "Databases", "Test", "Desktops"}
	poolNames    = []string{"Gold", "Silver", "Bronze"}
	appNames     = []string{"ERP suite", "Web shop", "Intranet"}
)

// server is a host's hardware; cores are those of one socket.
type server struct {
	vendor, model  string
	cpu, brand     string
	mhz            int32
	sockets, cores int32
	memoryGB       int64
	bios, biosDate string
	serialLength   int
	tagOnly        bool // the serial number is only among the identifying tags
}

var servers = []server{
	{"Dell Inc.", "PowerEdge R750", "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", "intel", 1995, 2, 32, 512, "1.12.1", "2023-11-14", 7, false},
	{"HPE", "ProLiant DL385 Gen10 Plus v2", "AMD EPYC 7763 64-Core Processor", "amd", 2445, 2, 64, 1024, "A42", "2024-02-08", 10, false},
	{"LENOVO", "ThinkSystem SR650 V2", "Intel(R) Xeon(R) Gold 6348 CPU @ 2.60GHz", "intel", 2594, 2, 28, 768, "AFE130E-3.30", "2024-04-22", 8, false},
	{"Cisco Systems Inc", "UCSB-B200-M5", "Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz", "intel", 2993, 2, 24, 384, "B200M5.4.2.3", "2023-05-30", 11, true},
	{"Supermicro", "AS -1115CS-TNR", "AMD EPYC 9354P 32-Core Processor", "amd", 3250, 1, 32, 384, "1.8", "2024-06-03", 12, false},
	{"Dell Inc.", "PowerEdge R640", "Intel(R) Xeon(R) Silver 4214 CPU @ 2.20GHz", "intel", 2194, 2, 12, 256, "2.21.2", "2024-01-10", 7, false},
}

// store is a datastore; used is the share of its capacity that is taken.
type store struct {
	name, kind string
	capacityTB int64
	used       float64
}

var stores = []store{
	{"vmfs-prod-01", "VMFS", 8, 0.91}, {"nfs-general-01", "NFS", 20, 0.63}, {"vmfs-db-01", "VMFS", 4, 0.74},
	{"vmfs-test-01", "VMFS", 4, 0.38}, {"nfs-archive-01", "NFS41", 40, 0.86}, {"vmfs-prod-02", "VMFS", 8, 0.52},
}

// network is a distributed port group; lastVLAN makes it a trunk.
type network struct {
	name           string
	vlan, lastVLAN int32
}

var networks = []network{
	{"Web-110", 110, 0}, {"App-120", 120, 0}, {"DB-130", 130, 0}, {"Mgmt-20", 20, 0},
	{"DMZ-500", 500, 0}, {"Firewall-Trunk", 100, 199}, {"Backup-40", 40, 0},
}

var segments = []string{"nsx-tenant-blue", "nsx-tenant-green", "nsx-transit"}

// system is a guest operating system: pretty is how it names itself.
type system struct {
	id, name, pretty   string
	family, fileSystem string
	firmware           string
}

var systems = map[string]system{
	"rhel8":   {"rhel8_64Guest", "Red Hat Enterprise Linux 8 (64-bit)", "Red Hat Enterprise Linux 8.10 (Ootpa)", "linuxGuest", "xfs", "bios"},
	"rhel9":   {"rhel9_64Guest", "Red Hat Enterprise Linux 9 (64-bit)", "Red Hat Enterprise Linux 9.4 (Plow)", "linuxGuest", "xfs", "efi"},
	"sles15":  {"sles15_64Guest", "SUSE Linux Enterprise 15 (64-bit)", "SUSE Linux Enterprise Server 15 SP6", "linuxGuest", "btrfs", "efi"},
	"ubuntu":  {"ubuntu64Guest", "Ubuntu Linux (64-bit)", "Ubuntu 24.04.1 LTS", "linuxGuest", "ext4", "efi"},
	"debian":  {"debian11_64Guest", "Debian GNU/Linux 11 (64-bit)", "Debian GNU/Linux 11 (bullseye)", "linuxGuest", "ext4", "bios"},
	"win2016": {"windows9Server64Guest", "Microsoft Windows Server 2016 (64-bit)", "Windows Server 2016 Standard", "windowsGuest", "NTFS", "bios"},
	"win2019": {"windows2019srv_64Guest", "Microsoft Windows Server 2019 (64-bit)", "Windows Server 2019 Datacenter", "windowsGuest", "NTFS", "efi"},
	"win2022": {"windows2019srvNext_64Guest", "Microsoft Windows Server 2022 (64-bit)", "Windows Server 2022 Standard", "windowsGuest", "NTFS", "efi"},
	"win11":   {"windows11_64Guest", "Microsoft Windows 11 (64-bit)", "Windows 11 Enterprise", "windowsGuest", "NTFS", "efi"},
}

// role is what a virtual machine is for; number its machines and you have their names.
type role struct {
	prefix, folder, system string
	cpus                   []int32
	memoryGB               []int64
	diskGB                 []int64
	nics                   int
	note                   string
}

const templatePrefix = "tpl-"

var roles = []role{
	{"web-prod", "Production", "rhel9", []int32{2, 4}, []int64{4, 8}, []int64{40}, 1, "Public web front end. Owner: web team"},
	{"sql-erp", "Databases", "win2022", []int32{8, 16}, []int64{64, 128}, []int64{100, 500, 250}, 2, "SQL Server of the ERP.\nOwner: database team"},
	{"app-prod", "Production", "sles15", []int32{4, 8}, []int64{16, 32}, []int64{60, 100}, 1, "ERP application server"},
	{"dc-ad", "Infrastructure", "win2019", []int32{2}, []int64{8}, []int64{80}, 1, "Domain controller: do not snapshot"},
	{"k8s-node", "Platform", "ubuntu", []int32{8}, []int64{32}, []int64{50, 200}, 1, ""},
	{"ora-crm", "Databases", "rhel8", []int32{8, 12}, []int64{96}, []int64{60, 800, 400}, 2, "Oracle of the CRM. Licensed by core"},
	{"vdi-sales", "Desktops", "win11", []int32{2}, []int64{8}, []int64{120}, 1, ""},
	{"file-corp", "Infrastructure", "win2016", []int32{4}, []int64{16}, []int64{80, 2000}, 1, "Department shares"},
	{"web-test", "Test", "ubuntu", []int32{1, 2}, []int64{2, 4}, []int64{30}, 1, "Rebuilt every night"},
	{"mon-infra", "Infrastructure", "debian", []int32{4}, []int64{8}, []int64{40, 160}, 1, "Monitoring and logs"},
	{"app-test", "Test", "rhel9", []int32{2}, []int64{8}, []int64{60}, 1, ""},
	{"bkp-proxy", "Infrastructure", "sles15", []int32{4}, []int64{8}, []int64{50, 300}, 2, "Backup proxy"},
	{templatePrefix + "linux", "Templates", "rhel9", []int32{2}, []int64{4}, []int64{40}, 1, "Golden image. Patched monthly"},
}

// hardNames are what programs stumble over: characters that vCenter escapes, formulas, markup,
// other scripts, the longest name there may be.
var hardNames = []string{
	"backup/restore 100%", "=cmd()", "🚀 launch-demo", `files\legacy`, "O'Brien & <Söhne>", "数据库-01",
	"archive-of-the-document-management-system-kept-for-the-auditors-until-2031-eu-01",
}

// tools is a state of VMware Tools in a running machine.
type tools struct {
	status        types.VirtualMachineToolsStatus
	version       int32
	versionStatus types.VirtualMachineToolsVersionStatus
	running       bool
}

var toolsStates = []tools{
	{types.VirtualMachineToolsStatusToolsOk, 12389, types.VirtualMachineToolsVersionStatusGuestToolsCurrent, true},
	{types.VirtualMachineToolsStatusToolsOk, 12352, types.VirtualMachineToolsVersionStatusGuestToolsCurrent, true},
	{types.VirtualMachineToolsStatusToolsOld, 11333, types.VirtualMachineToolsVersionStatusGuestToolsNeedUpgrade, true},
	{types.VirtualMachineToolsStatusToolsOk, 12389, types.VirtualMachineToolsVersionStatusGuestToolsCurrent, true},
	{types.VirtualMachineToolsStatusToolsOk, 12416, types.VirtualMachineToolsVersionStatusGuestToolsCurrent, true},
	{types.VirtualMachineToolsStatusToolsNotInstalled, 0, types.VirtualMachineToolsVersionStatusGuestToolsNotInstalled, false},
	{types.VirtualMachineToolsStatusToolsOk, 12389, types.VirtualMachineToolsVersionStatusGuestToolsCurrent, true},
	{types.VirtualMachineToolsStatusToolsNotRunning, 10346, types.VirtualMachineToolsVersionStatusGuestToolsSupportedOld, false},
}

// snapshots are taken of some machines; one with two has the second on top of the first.
var snapshots = []struct {
	name, description string
	days              int
	withChild         bool
}{
	{"before patch day", "remove when the patches are accepted", 9, false},
	{"before upgrade", "", 143, true},
	{"test data", "loaded and checked", 31, false},
}
