# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module run for real, in a Python of its own, as Ansible runs it on a target."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import openpyxl
import pytest
import yaml
from ansible_collections.estate.vmware.plugins.module_utils.report.labels.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.modules import vmware_inventory_export
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

# A profile says how arguments are encoded; ansible-core before 2.19 knows none and lets the name pass.
_RUN = """
import sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
{before}
from ansible_collections.estate.vmware.plugins.modules.vmware_inventory_export import main
main()
"""
_NAME = "VMware_Inventory_3sources_20250220_1430.xlsx"


@pytest.fixture
def run(tmp_path):
    """Run the module with these options; what it returned, with what it wrote to stderr."""

    def run(before="", **options):
        arguments = {"ANSIBLE_MODULE_ARGS": {"_ansible_remote_tmp": str(tmp_path / "remote"), "_ansible_keep_remote_files": False, **options}}
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        done = subprocess.run(
            [sys.executable, "-c", _RUN.format(before=before)], input=json.dumps(arguments), capture_output=True, text=True, env=environment,
            cwd=tmp_path, check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def scans(tmp_path):
    """A folder with scans of three sources."""
    folder = tmp_path / "scans"
    folder.mkdir()
    estates.make_scan("madrid", estates.sections(), path=folder / "madrid.sqlite").close()
    estates.make_scan("lima", estates.sections(2, 1, 1, 1), status="partial", path=folder / "lima.sqlite").close()
    estates.make_scan("quito", status="failed", error="no route to host", path=folder / "quito.sqlite").close()
    return str(folder)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_a_workbook_with_the_standard_name(run, scans, out):
    result = run(scans=[scans], dest=str(out))
    assert result["changed"] and result["dest"] == str(out / _NAME)
    assert os.listdir(out) == [_NAME]
    assert [sheet["name"] for sheet in result["sheets"]] == openpyxl.load_workbook(out / _NAME).sheetnames
    assert result["sheets"][3] == {"name": "All VMs", "rows": 8}
    assert result["sources"][2] == {
        "source": "quito", "address": "quito.example.com", "status": "failed",
        "vms": None, "hosts": None, "datastores": None, "networks": None, "error": "no route to host",
    }  # fmt: skip
    assert result["totals"] == {
        "sources": 3, "ok": 1, "partial": 1, "failed": 1, "vms": 8, "templates": 0, "hosts": 9, "datastores": 6, "networks": 5,
    }  # fmt: skip
    assert result["size"] == os.path.getsize(out / _NAME) and len(result["checksum"]) == 64


def test_in_spanish(run, scans, out):
    result = run(scans=[scans], dest=str(out), language="es")
    assert os.listdir(out) == ["Inventario_VMware_3fuentes_20250220_1430.xlsx"]
    assert result["sheets"][0]["name"] == "Resumen"


def test_nothing_changes_until_a_scan_does(run, scans, out):
    dest = str(out / "estate.xlsx")
    assert run(scans=[scans], dest=dest)["changed"]
    before = os.stat(dest)
    assert not run(scans=[scans], dest=dest)["changed"]
    assert (os.stat(dest).st_ino, os.stat(dest).st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    estates.make_scan("madrid", estates.sections(7), path=os.path.join(scans, "madrid.sqlite")).close()
    assert run(scans=[scans], dest=dest)["changed"]
    assert os.listdir(out) == ["estate.xlsx"]


def test_check_mode_tells_the_same_and_writes_nothing(run, scans, out):
    told = run(scans=[scans], dest=str(out), _ansible_check_mode=True)
    assert told["changed"] and not os.listdir(out)
    done = run(scans=[scans], dest=str(out))
    assert {key: told[key] for key in ("checksum", "size", "sheets", "dest")} == {key: done[key] for key in ("checksum", "size", "sheets", "dest")}
    assert not run(scans=[scans], dest=str(out), _ansible_check_mode=True)["changed"]


def test_modes(run, scans, out):
    dest = out / "estate.xlsx"

    def mode():
        return dest.stat().st_mode & 0o777

    run(scans=[scans], dest=str(dest))
    assert mode() == 0o600
    assert run(scans=[scans], dest=str(dest), mode="0640")["changed"] and mode() == 0o640
    assert run(scans=[scans], dest=str(dest), language="es")["changed"] and mode() == 0o640


def test_facts_given_inline(run, scans, out):
    facts = {
        "source": "lab",
        "address": "esxi.example.com",
        "status": "ok",
        "finished": "2025-02-20T14:30:00Z",
        "sections": {"vms": [{"name": "=1+1\ud800", "vcpu": 2, "template": False}]},
    }
    run(scans=[scans, facts], dest=str(out / "estate.xlsx"))
    assert openpyxl.load_workbook(out / "estate.xlsx")["lab"]["C5"].value == "=1+1\ufffd"


def test_of_two_scans_of_a_source_the_newer_wins_with_a_warning(run, scans, out):
    newer = {"source": "quito", "address": "x", "status": "ok", "finished": "2025-03-01T00:00:00Z", "sections": {}}
    result = run(scans=[scans, newer], dest=str(out))
    assert "two of the source quito" in str(result["warnings"])
    assert result["totals"]["failed"] == 0


@pytest.mark.parametrize(
    "options, message",
    [
        ({"dest": "{out}/missing/a.xlsx"}, "the folder {out}/missing does not exist; make it first"),
        ({"dest": "{out}/missing"}, "is no existing folder and does not end in .xlsx"),
        ({"dest": "{out}/a.csv"}, "is no existing folder and does not end in .xlsx"),
        ({"scans": []}, "scans names no scan: give"),
        ({"scans": ["{out}"]}, "scans names no scan: give"),
        ({"scans": ["{out}/none.sqlite"]}, "{out}/none.sqlite does not exist: give"),
        ({"scans": ["{scans}", 7]}, "scans[1] is 7: give"),
        ({"scans": [{"vms": []}]}, "scans[0] lacks source, status"),
        ({"scans": [__file__]}, "is no scan file of estate.vmware"),
        ({"language": "tlh"}, "value of language must be one of: en, es"),
        ({"layout": "round"}, "value of layout must be one of: consolidated"),
    ],
)
def test_bad_options_are_one_line_that_says_what_to_do(run, scans, out, options, message):
    def filled(value):
        return value.format(out=out, scans=scans) if isinstance(value, str) else value

    options = {key: [filled(item) for item in value] if isinstance(value, list) else filled(value) for key, value in options.items()}
    result = run(**{"scans": [scans], "dest": str(out), **options})
    assert result["failed"] and filled(message) in result["msg"] and "\n" not in result["msg"]
    assert not os.listdir(out)


def test_a_folder_that_cannot_be_written(run, scans, out):
    # Root may write anywhere, so the answer of the system is given instead.
    result = run("import os; os.access = lambda *_: False", scans=[scans], dest=str(out))
    assert result["failed"] and f"the folder {out} cannot be written" in result["msg"]


def test_a_full_disk_leaves_the_old_workbook_whole(run, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (12000, 12000))"
    result = run(small, scans=[scans], dest=str(dest), language="es")
    assert result["failed"] and "File too large; give a folder" in result["msg"] and "\n" not in result["msg"]
    assert dest.read_bytes() == before and os.listdir(out) == ["estate.xlsx"]


def test_a_move_that_fails_leaves_the_old_workbook_whole(run, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    refuse = "def refuse(*_): raise OSError(16, 'busy')\nimport os; os.rename = refuse"
    result = run(refuse, scans=[scans], dest=str(dest), language="es")
    assert result["failed"]
    assert dest.read_bytes() == before and os.listdir(out) == ["estate.xlsx"]


def test_without_openpyxl(run, scans, out):
    result = run("sys.modules['openpyxl'] = None", scans=[scans], dest=str(out))
    assert result["failed"] and "openpyxl" in result["msg"] and os.path.basename(sys.executable) in result["msg"]


def test_options_and_documentation_are_the_same(monkeypatch):
    documented = yaml.safe_load(vmware_inventory_export.DOCUMENTATION)["options"]
    # Described by a fragment of Ansible's own.
    documented["backup"] = {"type": "bool", "default": False}
    documented["redact_key"]["no_log"] = True
    seen = {}

    class Stop(Exception):
        pass

    def stop(argument_spec, **_others):
        seen.update(argument_spec)
        raise Stop

    monkeypatch.setattr(vmware_inventory_export, "AnsibleModule", stop)
    with pytest.raises(Stop):
        vmware_inventory_export.main()
    assert {name: {key: value for key, value in option.items() if key != "description"} for name, option in documented.items()} == seen
    assert seen["layout"]["choices"] == list(LAYOUTS) and seen["language"]["choices"] == list(LANGUAGES)


def test_through_ansible_itself(scans, out, tmp_path):
    """All that the module imports must be in the archive that Ansible makes of it."""
    program = shutil.which("ansible", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
    if program is None:
        pytest.skip("the program ansible is not installed")
    collections = os.path.dirname(vmware_inventory_export.__file__).split("/ansible_collections/")[0]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment.update(ANSIBLE_COLLECTIONS_PATH=collections, ANSIBLE_LOCAL_TEMP=str(tmp_path / "local"), ANSIBLE_REMOTE_TEMP=str(tmp_path / "remote"))
    done = subprocess.run(
        [
            program, "localhost", "-c", "local", "-e", f"ansible_python_interpreter={sys.executable}",
            "-m", "estate.vmware.vmware_inventory_export", "-a", json.dumps({"scans": [scans], "dest": str(out)}),
        ],
        capture_output=True, text=True, env=environment, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert os.listdir(out) == [_NAME]
