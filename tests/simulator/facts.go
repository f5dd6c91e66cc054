// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import "time"

// What the record says of each kind of object. Keys are those of the fields that people know.

// placeFacts are of what has little more than a name: datacenters, switches.
type placeFacts struct {
	Moid       string `json:"moid"`
	Name       string `json:"name"`
	Datacenter string `json:"datacenter,omitempty"`
}

// objectFacts are of everything in the inventory: where it is, by ids, and which role each account has on it.
type objectFacts struct {
	Moid         string            `json:"moid"`
	Type         string            `json:"type"`
	Parent       string            `json:"parent,omitempty"`
	ParentFolder string            `json:"parent_folder,omitempty"` // of a vApp
	Host         string            `json:"host,omitempty"`
	ResourcePool string            `json:"resource_pool,omitempty"`
	Roles        map[string]string `json:"roles"`
}

// labels are what people have put on an object.
type labels struct {
	CustomAttributes map[string]string   `json:"custom_attributes,omitempty"`
	Tags             map[string][]string `json:"tags,omitempty"`
}

type vmFacts struct {
	Moid              string     `json:"moid"`
	Name              string     `json:"name"`
	InstanceUUID      string     `json:"instance_uuid,omitempty"`
	BIOSUUID          string     `json:"bios_uuid,omitempty"`
	Template          *bool      `json:"template,omitempty"`
	SystemVM          string     `json:"system_vm,omitempty"`
	ManagedBy         string     `json:"managed_by,omitempty"`
	PowerState        string     `json:"power_state"`
	ConnectionState   string     `json:"connection_state"`
	GuestState        string     `json:"guest_state,omitempty"`
	VCPU              *int32     `json:"vcpu,omitempty"`
	CoresPerSocket    *int32     `json:"cores_per_socket,omitempty"`
	RAMMB             *int32     `json:"ram_mb,omitempty"`
	CPUHotAdd         *bool      `json:"cpu_hot_add,omitempty"`
	MemoryHotAdd      *bool      `json:"memory_hot_add,omitempty"`
	CPUReservation    *int64     `json:"cpu_reservation_mhz,omitempty"`
	CPULimit          *int64     `json:"cpu_limit_mhz,omitempty"`
	MemoryReservation *int64     `json:"memory_reservation_mb,omitempty"`
	MemoryLimit       *int64     `json:"memory_limit_mb,omitempty"`
	Processor         string     `json:"processor,omitempty"`
	CPUUsage          int32      `json:"cpu_usage_mhz"`
	MemoryUsage       int32      `json:"memory_usage_mb"`
	Uptime            int32      `json:"uptime_seconds"`
	OSName            string     `json:"os_name,omitempty"`
	OSConfigured      string     `json:"os_configured,omitempty"`
	GuestID           string     `json:"guest_id,omitempty"`
	OSEdition         string     `json:"os_edition,omitempty"`
	DNSName           string     `json:"dns_name,omitempty"`
	Domain            string     `json:"domain,omitempty"`
	IPAddress         string     `json:"ip_address,omitempty"`
	GuestIPAddress    string     `json:"guest_ip_address,omitempty"`
	IPAddresses       []string   `json:"ip_addresses,omitempty"`
	AdapterAddresses  []string   `json:"adapter_addresses,omitempty"`
	MACAddresses      []string   `json:"mac_addresses,omitempty"`
	NICCount          *int       `json:"nic_count,omitempty"`
	DiskCount         *int       `json:"disk_count,omitempty"`
	StorageTotal      *float64   `json:"storage_total_gb,omitempty"`
	Provisioned       *float64   `json:"provisioned_gb,omitempty"`
	Used              *float64   `json:"used_gb,omitempty"`
	Unshared          *float64   `json:"unshared_gb,omitempty"`
	Networks          []string   `json:"networks"`
	PrimaryNetwork    string     `json:"primary_network,omitempty"`
	Datastores        []string   `json:"datastores"`
	PrimaryDatastore  string     `json:"primary_datastore,omitempty"`
	VMXPath           string     `json:"vmx_path,omitempty"`
	ToolsStatus       string     `json:"tools_status,omitempty"`
	ToolsRunning      string     `json:"tools_running,omitempty"`
	ToolsVersionState string     `json:"tools_version_status,omitempty"`
	ToolsVersion      string     `json:"tools_version,omitempty"`
	HWVersion         string     `json:"hw_version,omitempty"`
	Firmware          string     `json:"firmware,omitempty"`
	SecureBoot        *bool      `json:"secure_boot,omitempty"`
	Host              string     `json:"host"`
	Cluster           string     `json:"cluster,omitempty"`
	Datacenter        string     `json:"datacenter"`
	ResourcePool      string     `json:"resource_pool,omitempty"`
	Folder            string     `json:"folder,omitempty"`
	VApp              string     `json:"vapp,omitempty"`
	SnapshotCount     int        `json:"snapshot_count"`
	SnapshotOldest    *time.Time `json:"snapshot_oldest,omitempty"`
	SnapshotSize      *float64   `json:"snapshot_size_gb,omitempty"`
	Created           *time.Time `json:"created,omitempty"`
	BootTime          *time.Time `json:"boot_time,omitempty"`
	Consolidation     *bool      `json:"consolidation_needed,omitempty"`
	ChangeTracking    *bool      `json:"change_tracking,omitempty"`
	FaultTolerance    string     `json:"fault_tolerance,omitempty"`
	Annotation        string     `json:"annotation,omitempty"`
	labels
	runningDetails
	configuredDetails
	Disks      []diskFacts      `json:"vm_disks"`
	NICs       []nicFacts       `json:"vm_nics"`
	Partitions []partitionFacts `json:"vm_partitions"`
	Snapshots  []snapshotFacts  `json:"vm_snapshots"`
	CDROMs     []cdromFacts     `json:"vm_cdroms"`
	USBDevices []usbFacts       `json:"vm_usb_devices"`
}

type diskFacts struct {
	Label          string  `json:"label"`
	Key            int32   `json:"key"`
	Capacity       float64 `json:"capacity_gb"`
	Thin           *bool   `json:"thin,omitempty"`
	EagerZeroed    *bool   `json:"eager_zeroed,omitempty"`
	Mode           string  `json:"mode"`
	Sharing        string  `json:"sharing"`
	Raw            bool    `json:"raw"`
	Datastore      string  `json:"datastore"`
	File           string  `json:"file"`
	Controller     string  `json:"controller"`
	ControllerType string  `json:"controller_type"`
	Unit           int32   `json:"unit"`
	UUID           string  `json:"uuid"`
	diskDetails
}

type nicFacts struct {
	Label          string   `json:"label"`
	Key            int32    `json:"key"`
	Adapter        string   `json:"adapter"`
	MAC            string   `json:"mac,omitempty"`
	Network        string   `json:"network"`
	Switch         string   `json:"switch,omitempty"`
	VLAN           string   `json:"vlan,omitempty"`
	Connected      bool     `json:"connected"`
	StartConnected bool     `json:"start_connected"`
	IPv4           []string `json:"ipv4,omitempty"`
	IPv6           []string `json:"ipv6,omitempty"`
	nicDetails
}

type partitionFacts struct {
	Path       string  `json:"path"`
	FileSystem string  `json:"filesystem,omitempty"`
	Capacity   float64 `json:"capacity_gb"`
	Free       float64 `json:"free_gb"`
	partitionDetails
}

// snapshotFacts: size is that of its data and memory files and of the disks that grow on top of it.
type snapshotFacts struct {
	Moid        string    `json:"moid"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Created     time.Time `json:"created"`
	Size        float64   `json:"size_gb"`
	Quiesced    bool      `json:"quiesced"`
	State       string    `json:"state"`
	ID          int32     `json:"id"`
	Parent      string    `json:"parent,omitempty"`
	Current     bool      `json:"current"`
	snapshotDetails
}

type hostFacts struct {
	Moid            string     `json:"moid"`
	Name            string     `json:"name"`
	UUID            string     `json:"uuid"`
	IP              string     `json:"ip"`
	Version         string     `json:"version"`
	Build           string     `json:"build"`
	FullName        string     `json:"full_name"`
	Vendor          string     `json:"vendor"`
	Model           string     `json:"model"`
	Appliance       bool       `json:"migration_appliance"`
	Serial          string     `json:"serial"`
	BIOSVersion     string     `json:"bios_version"`
	BIOSDate        time.Time  `json:"bios_date"`
	CPUModel        string     `json:"cpu_model"`
	Sockets         int32      `json:"sockets"`
	Cores           int32      `json:"cores"`
	Threads         int32      `json:"threads"`
	MHz             int32      `json:"cpu_mhz"`
	HyperThreading  bool       `json:"hyperthreading"`
	RAM             float64    `json:"ram_gb"`
	RAMUsed         float64    `json:"ram_used_gb"`
	RAMFree         float64    `json:"ram_free_gb"`
	RAMPercent      float64    `json:"ram_usage_percent"`
	CPUPercent      float64    `json:"cpu_usage_percent"`
	CPUUsage        int32      `json:"cpu_usage_mhz"`
	ConnectionState string     `json:"connection_state"`
	PowerState      string     `json:"power_state"`
	Maintenance     bool       `json:"maintenance"`
	Standby         string     `json:"standby,omitempty"`
	OverallStatus   string     `json:"overall_status"`
	Cluster         string     `json:"cluster,omitempty"`
	Datacenter      string     `json:"datacenter"`
	Folder          string     `json:"folder"`
	VMCount         int        `json:"vm_count"`
	VMRunning       int        `json:"vm_running"`
	VCPUCount       int32      `json:"vcpu_count"`
	Datastores      []string   `json:"datastores"`
	Networks        []string   `json:"networks"`
	NICCount        int        `json:"nic_count"`
	HBACount        int        `json:"hba_count"`
	BootTime        *time.Time `json:"boot_time,omitempty"`
	EVC             string     `json:"evc_mode,omitempty"`
	EVCMax          string     `json:"evc_mode_max,omitempty"`
	NTP             []string   `json:"ntp_servers"`
	TimeZone        string     `json:"time_zone"`
	Lockdown        string     `json:"lockdown"`
	labels
}

type datastoreFacts struct {
	Moid        string   `json:"moid"`
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Appliance   bool     `json:"migration_appliance"`
	Capacity    float64  `json:"capacity_gb"`
	Free        float64  `json:"free_gb"`
	Uncommitted float64  `json:"uncommitted_gb"`
	Used        float64  `json:"used_gb"`
	UsedPercent float64  `json:"used_percent"`
	Provisioned float64  `json:"provisioned_gb"`
	Accessible  bool     `json:"accessible"`
	Maintenance string   `json:"maintenance_mode"`
	Multiple    bool     `json:"multiple_host_access"`
	SSD         *bool    `json:"ssd,omitempty"`
	VMFSVersion string   `json:"vmfs_version,omitempty"`
	VMFSUUID    string   `json:"vmfs_uuid,omitempty"`
	NFSServer   string   `json:"nfs_server,omitempty"`
	NFSPath     string   `json:"nfs_path,omitempty"`
	URL         string   `json:"url"`
	StoreID     string   `json:"store_id"`
	DuplicateOf string   `json:"duplicate_of,omitempty"`
	Hosts       []string `json:"hosts"`
	WithoutIt   []string `json:"hosts_without_access"`
	ReadOnly    []string `json:"hosts_read_only"`
	HostCount   int      `json:"host_count"`
	VMCount     int      `json:"vm_count"`
	Cluster     string   `json:"cluster,omitempty"`
	Datacenter  string   `json:"datacenter"`
	Folder      string   `json:"folder"`
	labels
}

type networkFacts struct {
	Moid       string   `json:"moid"`
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	VLAN       string   `json:"vlan,omitempty"`
	VLANs      []int32  `json:"host_vlans,omitempty"` // of a standard network: all that hosts have for it
	Switch     string   `json:"switch,omitempty"`
	Segment    string   `json:"segment,omitempty"`
	Zone       string   `json:"transport_zone,omitempty"`
	Hosts      []string `json:"hosts"`
	HostCount  int      `json:"host_count"`
	VMCount    int      `json:"vm_count"`
	Ports      int32    `json:"ports,omitempty"`
	Accessible bool     `json:"accessible"`
	Datacenter string   `json:"datacenter"`
	Folder     string   `json:"folder"`
	labels
}

type clusterFacts struct {
	Moid          string   `json:"moid"`
	Name          string   `json:"name"`
	Datacenter    string   `json:"datacenter"`
	Folder        string   `json:"folder"`
	Hosts         []string `json:"hosts"`
	HostCount     int      `json:"host_count"`
	Effective     int32    `json:"effective_hosts"`
	Cores         int32    `json:"cores"`
	Threads       int32    `json:"threads"`
	MHz           int32    `json:"cpu_mhz"`
	RAM           float64  `json:"ram_gb"`
	EffectiveMHz  int32    `json:"effective_cpu_mhz"`
	EffectiveRAM  float64  `json:"effective_ram_gb"`
	VMCount       int      `json:"vm_count"`
	CountedByVC   int32    `json:"vm_count_of_vcenter"` // it leaves some out
	DRS           bool     `json:"drs_enabled"`
	DRSBehavior   string   `json:"drs_behavior"`
	HA            bool     `json:"ha_enabled"`
	HAAdmission   bool     `json:"ha_admission_control"`
	HAFailover    int32    `json:"ha_failover_level"`
	EVC           string   `json:"evc_mode,omitempty"`
	VSAN          bool     `json:"vsan_enabled"`
	OverallStatus string   `json:"overall_status"`
	labels
}
