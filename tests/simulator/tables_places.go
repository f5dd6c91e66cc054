// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

// What stands around the machines. A list that is too short is begun again.

// site is where a datacenter stands; its code begins the names of what is in it.
type site struct{ name, code string }

var sites = []site{
	{"Madrid", "mad"}, {"Lyon", "lyo"}, {"Shanghai", "sha"}, {"Toronto", "tor"}, {"Málaga", "mlg"}, {"Oslo", "osl"},
}

const domain = "corp.example"

var (
	siteFolders  = []string{"Production sites", "Branch offices", "Recovery sites"}
	hostFolders  = []string{"Racks 1-8", "Racks 9-16"}
	clusterNames = []string{"Production", "Databases", "Test", "Desktops"}
	poolNames    = []string{"Gold", "Silver", "Bronze"} // the third stands inside the first
	podNames     = "%s-datastores-%02d"
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
	tag            string // the only place of the serial number, where it is not in its own field
}

var servers = []server{
	{"Dell Inc.", "PowerEdge R750", "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", "intel", 1995, 2, 32, 512, "1.12.1", "2023-11-14", 7, ""},
	{"HPE", "ProLiant DL385 Gen10 Plus v2", "AMD EPYC 7763 64-Core Processor", "amd", 2445, 2, 64, 1024, "A42", "2024-02-08", 10, ""},
	{"LENOVO", "ThinkSystem SR650 V2", "Intel(R) Xeon(R) Gold 6348 CPU @ 2.60GHz   ", "intel", 2594, 2, 28, 768, "AFE130E-3.30", "2024-04-22", 8, "ServiceTag"},
	{"Cisco Systems Inc", "UCSB-B200-M5", "Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz", "intel", 2993, 2, 24, 384, "B200M5.4.2.3", "2023-05-30", 11, "EnclosureSerialNumberTag"},
	{"Supermicro", "AS -1115CS-TNR", "AMD EPYC 9354P 32-Core Processor                ", "amd", 3250, 1, 32, 384, "1.8", "2024-06-03", 12, ""},
	{"Dell Inc.", "PowerEdge R640", "         Intel(R) Xeon(R) Silver 4214 CPU  @ 2.20GHz", "intel", 2194, 2, 12, 256, "2.21.2", "2024-01-10", 7, ""},
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
	{"vsan-01", "vsan", 60, 0.58}, {"vvol [gold] 01", "VVOL", 16, 0.44},
}

// group is a distributed port group; lastVLAN makes it a trunk, private a private VLAN, nsx one that NSX made.
type group struct {
	name           string
	vlan, lastVLAN int32
	private, nsx   bool
}

var groups = []group{
	{"Web-110", 110, 0, false, false}, {"App-120", 120, 0, false, false}, {"DB-130", 130, 0, false, false}, {"Mgmt-20", 20, 0, false, false},
	{"DMZ-500", 500, 0, false, false}, {"Firewall-Trunk", 100, 199, false, false}, {"Backup-40", 40, 0, false, false},
	{"Isolated-2001", 2001, 0, true, false}, {"Untagged", 0, 0, false, true},
	{"Storage/NFS 100%", 300, 0, false, false},
}

// trunkRest stands beside the range of every trunk but the first.
var trunkRest = []int32{300, 4094}

// standardNets are port groups of the hosts themselves. Where drifts is set, every third host has another VLAN.
var standardNets = []struct {
	name   string
	vlan   int32
	drifts bool
}{{"VM Network", 0, false}, {"Legacy-LAN", 12, true}, {"vMotion-Guests", 30, false}}

var segments = []string{"nsx-tenant-blue", "nsx-tenant-green", "nsx-transit"}
