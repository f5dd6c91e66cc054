// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// What the record says of a machine that a usual scan does not ask for.

// runningDetails are known of every machine.
type runningDetails struct {
	ConfigStatus       string     `json:"config_status,omitempty"`
	Heartbeat          string     `json:"heartbeat,omitempty"`
	SuspendedToMemory  *bool      `json:"suspended_to_memory,omitempty"`
	SuspendTime        *time.Time `json:"suspend_time,omitempty"`
	SuspendInterval    int64      `json:"suspend_interval"`
	EVC                string     `json:"evc_mode,omitempty"`
	FailoverInProgress *bool      `json:"failover_in_progress,omitempty"`
	Protected          *bool      `json:"ha_protected,omitempty"`
	OperationTimeout   *int64     `json:"operation_timeout,omitempty"`
	MaxCPU             int32      `json:"cpu_max_mhz"`
	CPUEntitlement     int32      `json:"cpu_entitlement_mhz"`
	CPUOfDRS           int32      `json:"cpu_drs_entitlement_mhz"`
	Readiness          *int32     `json:"cpu_readiness_percent,omitempty"`
	MaxMemory          int32      `json:"memory_max_mb"`
	Overhead           int64      `json:"memory_overhead_mb"`
	Consumed           int32      `json:"memory_consumed_mb"`
	ConsumedOverhead   int32      `json:"memory_consumed_overhead_mb"`
	Private            int32      `json:"memory_private_mb"`
	Shared             int32      `json:"memory_shared_mb"`
	Swapped            int32      `json:"memory_swapped_mb"`
	Ballooned          int32      `json:"memory_ballooned_mb"`
	Active             *int32     `json:"memory_active_mb,omitempty"`
	MemoryEntitlement  int32      `json:"memory_entitlement_mb"`
	MemoryOfDRS        int32      `json:"memory_drs_entitlement_mb"`
	FTLatency          string     `json:"ft_latency_status,omitempty"`
	FTBandwidth        int32      `json:"ft_bandwidth_kbps"`
	FTSecondary        int32      `json:"ft_secondary_latency_ms"`
	FolderMoid         string     `json:"folder_moid,omitempty"`
	PoolPath           string     `json:"resource_pool_path,omitempty"`
}

// configuredDetails are in files of the machine, or told by its guest.
type configuredDetails struct {
	ChangeVersion     string   `json:"change_version,omitempty"`
	Customization     string   `json:"customization_status,omitempty"`
	CPULevel          string   `json:"cpu_shares_level,omitempty"`
	CPUShares         *int32   `json:"cpu_shares,omitempty"`
	HotRemove         *bool    `json:"cpu_hot_remove,omitempty"`
	NUMA              *bool    `json:"numa_hot_add,omitempty"`
	Latency           string   `json:"latency_sensitivity,omitempty"`
	ReservedAll       *bool    `json:"memory_reserved_all,omitempty"`
	MemoryLevel       string   `json:"memory_shares_level,omitempty"`
	MemoryShares      *int32   `json:"memory_shares,omitempty"`
	Displays          *int32   `json:"displays,omitempty"`
	VideoMemory       *int64   `json:"video_memory_kb,omitempty"`
	AdapterNetworks   []string `json:"adapter_networks,omitempty"`
	Passthrough       *bool    `json:"passthrough_hot_plug,omitempty"`
	DiskUUID          string   `json:"disk_uuid_setting,omitempty"`
	TrackingSetting   string   `json:"change_tracking_setting,omitempty"`
	UpgradeStatus     string   `json:"upgrade_status,omitempty"`
	UpgradePolicy     string   `json:"upgrade_policy,omitempty"`
	UpgradeTarget     string   `json:"upgrade_target,omitempty"`
	InstallRequired   *bool    `json:"install_boot_required,omitempty"`
	BootDelay         *int64   `json:"boot_delay_ms,omitempty"`
	BootRetry         *bool    `json:"boot_retry,omitempty"`
	BootRetryDelay    *int64   `json:"boot_retry_delay_ms,omitempty"`
	BootSetup         *bool    `json:"boot_setup,omitempty"`
	RebootPowerOff    *bool    `json:"reboot_power_off,omitempty"`
	FTRole            int32    `json:"ft_role,omitempty"`
	LogDirectory      string   `json:"log_directory,omitempty"`
	SnapshotDirectory string   `json:"snapshot_directory,omitempty"`
	SuspendDirectory  string   `json:"suspend_directory,omitempty"`
	ProvisionedMB     *int64   `json:"provisioned_mb,omitempty"`
	UsedMB            *int64   `json:"used_mb,omitempty"`
	UnsharedMB        *int64   `json:"unshared_mb,omitempty"`
	OSOfTools         string   `json:"os_of_tools,omitempty"`
	GuestDetails      string   `json:"guest_details,omitempty"`
	UpgradeTools      string   `json:"tools_upgrade_policy,omitempty"`
	SyncTime          *bool    `json:"tools_sync_time,omitempty"`
	AppState          string   `json:"app_state,omitempty"`
	AppHeartbeat      string   `json:"app_heartbeat,omitempty"`
	Crashed           *bool    `json:"guest_crashed,omitempty"`
	OperationsReady   *bool    `json:"guest_operations_ready,omitempty"`
	StateChange       *bool    `json:"guest_state_change,omitempty"`
	InteractiveReady  *bool    `json:"guest_interactive_ready,omitempty"`
}

// shares stand at some places among machines; the others have the normal ones.
var shares = map[int]types.SharesInfo{
	2: {Level: types.SharesLevelHigh, Shares: 4000}, 5: {Level: types.SharesLevelLow, Shares: 1000}, 7: {Level: types.SharesLevelCustom, Shares: 1234},
}

// addDetails sets what only some reports ask for. It comes last, before the summary.
func (e *estate) addDetails(m *machine) {
	e.addRunningDetails(m)
	e.addConfiguredDetails(m)
	e.addGuestDetails(m)
}

func (e *estate) addRunningDetails(m *machine) {
	vm, runtime, stats := m.vm, &m.vm.Runtime, &m.vm.Summary.QuickStats
	d := &m.facts.runningDetails
	vm.ConfigStatus = types.ManagedEntityStatusGreen
	if m.number%19 == 11 {
		vm.ConfigStatus = types.ManagedEntityStatusYellow
	}
	overhead := int64(90+m.number%40)<<20 + 12345
	runtime.MemoryOverhead, d.Overhead = overhead, overhead>>20
	if m.power == types.VirtualMachinePowerStateSuspended {
		at := e.moment(m, time.Duration(1+m.number%300)*time.Hour)
		runtime.SuspendTime, d.SuspendTime = &at, &at
	}
	runtime.SuspendInterval = int64(m.number % 13 * 60)
	stats.FtLatencyStatus, stats.FtLogBandwidth, stats.FtSecondaryLatency = types.ManagedEntityStatusGray, -1, -1
	if !e.isESXi() && m.isOn() && m.host.within.real != nil {
		protected := m.number%6 != 5
		runtime.DasVmProtection, d.Protected = &types.VirtualMachineRuntimeInfoDasProtectionState{DasProtected: protected}, &protected
	}
	if m.isOn() {
		number := int32(m.number)
		stats.DistributedCpuEntitlement, stats.DistributedMemoryEntitlement = stats.StaticCpuEntitlement/3+number%100, stats.GrantedMemory/2
		stats.SharedMemory, stats.SwappedMemory, stats.BalloonedMemory = number%5*16, number%7/6*128, number%11/10*256
		stats.OverallCpuReadiness, stats.ActiveMemory = number%4, stats.GuestMemoryUsage/2 // asked for where the release has them
	}
	if e.release.atLeast("7.0.2.0") {
		runtime.SuspendedToMemory, runtime.VmFailoverInProgress = ptr(false), ptr(m.number%61 == 60)
		d.SuspendedToMemory, d.FailoverInProgress = runtime.SuspendedToMemory, runtime.VmFailoverInProgress
	}
	if e.release.atLeast("7.0.0.0") {
		d.Readiness = &stats.OverallCpuReadiness
	}
	if e.release.atLeast("7.0.3.0") {
		d.Active = &stats.ActiveMemory
	}
	if e.release.atLeast("8.0.0.1") {
		runtime.OpNotificationTimeout = int64(m.number % 8 * 10)
		d.OperationTimeout = &runtime.OpNotificationTimeout
	}
	d.ConfigStatus, d.Heartbeat = string(vm.ConfigStatus), string(vm.GuestHeartbeatStatus)
	d.SuspendInterval, d.EVC = runtime.SuspendInterval, runtime.MinRequiredEVCModeKey
	d.MaxCPU, d.MaxMemory = runtime.MaxCpuUsage, runtime.MaxMemoryUsage
	d.CPUEntitlement, d.CPUOfDRS = stats.StaticCpuEntitlement, stats.DistributedCpuEntitlement
	d.Consumed, d.ConsumedOverhead, d.Private = stats.HostMemoryUsage, stats.ConsumedOverheadMemory, stats.PrivateMemory
	d.Shared, d.Swapped, d.Ballooned = stats.SharedMemory, stats.SwappedMemory, stats.BalloonedMemory
	d.MemoryEntitlement, d.MemoryOfDRS = stats.StaticMemoryEntitlement, stats.DistributedMemoryEntitlement
	d.FTLatency, d.FTBandwidth, d.FTSecondary = string(stats.FtLatencyStatus), stats.FtLogBandwidth, stats.FtSecondaryLatency
	if vm.Parent != nil {
		d.FolderMoid = vm.Parent.Value
	}
	if vm.ResourcePool != nil {
		d.PoolPath = m.host.within.paths[*vm.ResourcePool]
	}
}

func (e *estate) addConfiguredDetails(m *machine) {
	config, d := m.vm.Config, &m.facts.configuredDetails
	config.CpuAllocation, config.MemoryAllocation = shared(config.CpuAllocation, m.number), shared(config.MemoryAllocation, m.number+3)
	config.CpuHotRemoveEnabled, config.MemoryReservationLockedToMax = ptr(m.number%12 == 9), ptr(m.number%27 == 20)
	config.LatencySensitivity = &types.LatencySensitivity{Level: types.LatencySensitivitySensitivityLevelNormal}
	if m.number%33 == 32 {
		config.LatencySensitivity.Level = types.LatencySensitivitySensitivityLevelHigh
	}
	boot := config.BootOptions
	boot.BootDelay, boot.BootRetryEnabled, boot.EnterBIOSSetup = int64(m.number%3*1500), ptr(m.number%4 == 2), ptr(m.number%43 == 42)
	config.ScheduledHardwareUpgradeInfo = &types.ScheduledHardwareUpgradeInfo{UpgradePolicy: "never", ScheduledHardwareUpgradeStatus: "none"}
	if m.number%20 == 15 {
		config.ScheduledHardwareUpgradeInfo = &types.ScheduledHardwareUpgradeInfo{
			UpgradePolicy: "onSoftPowerOff", ScheduledHardwareUpgradeStatus: "pending", VersionKey: fmt.Sprintf("vmx-%d", e.release.hardware),
		}
	}
	if m.number%16 == 9 {
		tools := *toolsConfig
		tools.ToolsUpgradePolicy, tools.SyncTimeWithHost = "upgradeAtPowerCycle", ptr(true)
		config.Tools = &tools
	}
	if m.number%24 == 6 {
		setDisplays(config, 2, 16384)
	}
	d.DiskUUID = "TRUE" // as every machine has it
	if tracked := *config.ChangeTrackingEnabled; tracked || m.number%2 == 0 {
		d.TrackingSetting = map[bool]string{true: "TRUE", false: "FALSE"}[tracked]
		config.ExtraConfig = append(slices.Clone(config.ExtraConfig), &types.OptionValue{Key: "ctkEnabled", Value: d.TrackingSetting})
	}
	if e.release.atLeast("8.0.0.1") {
		config.NumaInfo = &types.VirtualMachineVirtualNumaInfo{VnumaOnCpuHotaddExposed: ptr(m.number%10 == 0)}
		config.RebootPowerOff = ptr(m.number%55 == 54)
		d.NUMA, d.RebootPowerOff = config.NumaInfo.VnumaOnCpuHotaddExposed, config.RebootPowerOff
	}
	if e.release.atLeast("8.0.1.0") {
		config.FixedPassthruHotPlugEnabled = ptr(m.number%14 == 13)
		d.Passthrough = config.FixedPassthruHotPlugEnabled
	}
	if config.FtInfo != nil {
		d.FTRole = config.FtInfo.GetFaultToleranceConfigInfo().Role
	}
	card := videoCard(config)
	upgrade := config.ScheduledHardwareUpgradeInfo
	d.ChangeVersion, d.Displays, d.VideoMemory = config.ChangeVersion, &card.NumDisplays, &card.VideoRamSizeInKB
	d.CPULevel, d.CPUShares = string(config.CpuAllocation.Shares.Level), &config.CpuAllocation.Shares.Shares
	d.MemoryLevel, d.MemoryShares = string(config.MemoryAllocation.Shares.Level), &config.MemoryAllocation.Shares.Shares
	d.HotRemove, d.ReservedAll, d.Latency = config.CpuHotRemoveEnabled, config.MemoryReservationLockedToMax, string(config.LatencySensitivity.Level)
	d.BootDelay, d.BootRetry, d.BootRetryDelay, d.BootSetup = &boot.BootDelay, boot.BootRetryEnabled, &boot.BootRetryDelay, boot.EnterBIOSSetup
	d.UpgradeStatus, d.UpgradePolicy, d.UpgradeTarget = upgrade.ScheduledHardwareUpgradeStatus, upgrade.UpgradePolicy, upgrade.VersionKey
	d.LogDirectory, d.SnapshotDirectory, d.SuspendDirectory = config.Files.LogDirectory, config.Files.SnapshotDirectory, config.Files.SuspendDirectory
	d.UpgradeTools, d.SyncTime, d.InstallRequired = config.Tools.ToolsUpgradePolicy, config.Tools.SyncTimeWithHost, ptr(false)
	storage := m.vm.Summary.Storage
	d.ProvisionedMB, d.UsedMB, d.UnsharedMB = ptr((storage.Committed+storage.Uncommitted)>>20), ptr(storage.Committed>>20), ptr(storage.Unshared>>20)
	for _, c := range m.cards {
		d.AdapterNetworks = append(d.AdapterNetworks, c.facts.Network)
	}
}

func (e *estate) addGuestDetails(m *machine) {
	guest, d := m.vm.Guest, &m.facts.configuredDetails
	if guest.GuestOperationsReady != nil {
		guest.InteractiveGuestOperationsReady = ptr(m.number%6 == 0)
	}
	if e.release.atLeast("7.0.2.0") && m.number%5 == 3 {
		d.Customization = []string{"IDLE", "PENDING", "SUCCEEDED", "FAILED"}[m.number%4]
		guest.CustomizationInfo = &types.GuestInfoCustomizationInfo{CustomizationStatus: "TOOLSDEPLOYPKG_" + d.Customization}
	}
	d.OSOfTools, d.GuestDetails, d.AppState, d.AppHeartbeat = guest.GuestFullName, guest.GuestDetailedData, guest.AppState, guest.AppHeartbeatStatus
	d.Crashed, d.OperationsReady = guest.GuestKernelCrashed, guest.GuestOperationsReady
	d.StateChange, d.InteractiveReady = guest.GuestStateChangeSupported, guest.InteractiveGuestOperationsReady
}

// shared is an allocation with the shares of a place among machines.
func shared(of *types.ResourceAllocationInfo, place int) *types.ResourceAllocationInfo {
	its, found := shares[place%9]
	if !found {
		return of
	}
	made := *of
	made.Shares = &its
	return &made
}

// setDisplays gives a machine a video card of its own: all others have the same one.
func setDisplays(config *types.VirtualMachineConfigInfo, displays int32, memory int64) {
	devices := slices.Clone(config.Hardware.Device)
	for i, device := range devices {
		if card, found := device.(*types.VirtualMachineVideoCard); found {
			own := *card
			own.NumDisplays, own.VideoRamSizeInKB = displays, memory
			devices[i] = &own
		}
	}
	config.Hardware.Device = devices
}

func videoCard(config *types.VirtualMachineConfigInfo) *types.VirtualMachineVideoCard {
	for _, device := range config.Hardware.Device {
		if card, found := device.(*types.VirtualMachineVideoCard); found {
			return card
		}
	}
	return &types.VirtualMachineVideoCard{}
}
