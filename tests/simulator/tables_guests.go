// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import "github.com/vmware/govmomi/vim25/types"

// What the machines are made of. A list that is too short is begun again.

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
	"photon":  {"vmwarePhoton64Guest", "VMware Photon OS (64-bit)", "VMware Photon OS/Linux", "linuxGuest", "ext4", "efi"},
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

// agent is the machine that vCenter itself puts into a cluster.
var agent = role{"vCLS", "vCLS", "photon", []int32{1}, []int64{1}, []int64{2}, 0, ""}

// unusualNames have what programs often handle badly: characters that vCenter escapes, formulas, markup,
// other scripts, the longest name there may be.
var unusualNames = []string{
	"backup/restore 100%", "=cmd()", "🚀 launch-demo", `files\legacy`, "O'Brien & <Söhne>", "数据库-01",
	"archive-of-the-document-management-system-kept-for-the-auditors-until-2031-eu-01",
}

// rareNames are for large estates only. The last two are equal, in different folders.
var rareNames = []string{
	"+1-800-sales", "-minus", "@sum(a1)", "  leading blanks", "trailing blanks  ", "tab\there", "line\nbreak",
	"already%2fescaped", "%25", `a/b\c%d`, "\u202edrowssap", "nul\u0085next\u200bzero", "null", "1e5", "00012",
	`"quoted", 'twice'`, "<![CDATA[x]]>&amp;", "Ωμέγα ünï", "equal-name", "equal-name",
}

// rareNotes go with rareNames.
var rareNotes = []string{
	"first line\nsecond line\r\nthird", "=HYPERLINK(\"http://example.invalid\",\"click\")", "+49 30 1234", "-2+3", "@here",
	"a\ttab", "  blanks around  ", "<b>not markup</b> & more", "Größe: 10 µm — 数据",
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

// snapshotTrees are the snapshots that some machines have; parents are indices, -1 is a root. The machine
// runs on the last one.
var snapshotTrees = [][]struct {
	parent            int
	name, description string
	days              int
	memory, quiesced  bool
}{
	{{-1, "before patch day", "remove when the patches are accepted", 9, false, true}},
	{{-1, "before upgrade", "", 143, false, false}, {0, "again before upgrade", "", 71, true, false}},
	{{-1, "test data", "loaded and checked", 31, true, false}},
	{
		{-1, "clean install", "base\nof all tests", 402, false, false}, {0, "version 1", "", 220, false, true},
		{1, "version 2", "", 96, true, false}, {0, "=other branch", "does 100% differ", 12, false, false},
	},
	{{-1, "VEEAM BACKUP TEMPORARY SNAPSHOT", "Please do not delete this snapshot.", 1, false, true}, {-1, "orphaned%2froot", "", 700, false, false}},
}

// attribute is a custom attribute: where it may stand ("" is everywhere) and its values, in turn.
type attribute struct {
	name, on string
	values   []string
}

var attributes = []attribute{
	{"Owner", "", []string{"web team", "database team", "", "Zoë Müller <zoe@corp.example>", "it-ops"}},
	{"Environment", "VirtualMachine", []string{"production", "test", "production", "", "development"}},
	{"Cost centre", "VirtualMachine", []string{"4711", "0815", "", "=1+1"}},
	{"Rack", "HostSystem", []string{"A-01", "A-02", "B-07"}},
	{"Contract", "Datastore", []string{"2027-12-31", ""}},
}

// category is a tag category: its tags go in turn to every nth object, two at once where many is set.
type category struct {
	name  string
	many  bool
	nth   int
	kinds []string // empty: everything
	tags  []string
}

var categories = []category{
	{"Environment", false, 1, []string{"VirtualMachine"}, []string{"Production", "Test", "Production-DR", "Development"}},
	{"Backup", true, 3, []string{"VirtualMachine", "Datastore"}, []string{"daily", "weekly", "no backup / 0%"}},
	{"Site tier", false, 2, []string{"HostSystem", "ClusterComputeResource", "Network", "DistributedVirtualPortgroup"}, []string{"Gold", "Silver"}},
	{"Überprüfung", true, 7, nil, []string{"2025", "2026"}},
}
