# SPDX-License-Identifier: MIT
"""`xen domains` and `xen domain N`: who there is, and all that the hypervisor keeps of one."""

from __future__ import annotations

from collections.abc import Iterator

from grader.x86.registers import explain_eflags
from ring1.command import XenCommand
from ring1.machine import evaluate
from rings.domain import Domain, Trap, domain, domains
from rings.hypervisor import in_guest, pointer
from rings.kernels import KERNELS

VM_ASSISTS = ("4gb_segments", "4gb_segments_notify", "writable_pagetables", "pae_extended_cr3")


class Domains(XenCommand):
    """Domains: state, memory, page directory, and where each of them is.

    The arrow points to the domain that the processor belongs to. Its registers are those of the
    processor, or what its trap left on the hypervisor's stack; another's have been put away."""

    usage = "domains"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        found = list(domains())
        if not found:
            yield "there is no domain yet, or none any more"
            return
        yield "   domain  state              pages  CR3       ring and place"
        for each in found:
            mark = "->" if each.is_current else "  "
            pages = f"{int(each['tot_pages'])}/{int(each['max_pages'])}"
            line = f"{mark} {each.number:6}  {each.state:<9} {pages:>13}  {int(each['cr3']):08x}"
            registers = each.registers()
            ring, place = registers["cs"] & 3, named(each, registers["eip"])
            yield f"{line}  ring {ring} at {place}, esp {registers['esp']:08x}"


class OneDomain(XenCommand):
    """Domain NUMBER in full: registers, trap table, stacks, descriptor tables."""

    usage = "domain NUMBER"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        each = domain(evaluate(arguments[0] if arguments else "$domain()"))
        runs = "" if not each.is_current else ", runs now" if in_guest() else ", is served now"
        rights = "privileged" if each["privileged"] else "not privileged"
        yield f"domain {each.number}: {each.state}{runs}, {rights}"
        yield from memory(each)
        yield from registers(each)
        yield from traps(each)
        yield from descriptor_tables(each)
        yield from rest(each)


def named(each: Domain, address: int) -> str:
    return f"{address:08x} {KERNELS.symbol(each.number, address)}".rstrip()


def memory(each: Domain) -> Iterator[str]:
    first, last = int(each["first_page"]), int(each["last_page"])
    yield (
        f"  memory         {int(each['tot_pages'])} pages of at most {int(each['max_pages'])}, "
        f"from frame {first:05x} on to {last:05x}"
    )
    yield f"  CR3            {int(each['cr3']):08x}"
    yield f"  shared page    {pointer(each['shared_info']):08x}, seen from the hypervisor"


def registers(each: Domain) -> Iterator[str]:
    found = each.registers()
    yield f"  eip            {named(each, found['eip'])}, ring {found['cs'] & 3}"
    yield f"  eflags         {found['eflags']:08x}  {explain_eflags(found['eflags'])}"
    for names in (("eax", "ebx", "ecx", "edx"), ("esi", "edi", "ebp", "esp")):
        yield "  " + "  ".join(f"{name} {found[name]:08x}" for name in names)
    names = ("cs", "ss", "ds", "es", "fs", "gs")
    yield "  " + "  ".join(f"{name} {found[name]:04x}" for name in names)


def traps(each: Domain) -> Iterator[str]:
    events = each["shared_info"]["vcpu_info"][0]
    mask, pending = int(events["evtchn_upcall_mask"]), int(events["evtchn_upcall_pending"])
    yield f"  events         {'masked' if mask else 'not masked'}, {pending} pending"
    stack = int(each["kernel_ss"])
    yield (
        f"  kernel stack   {stack:04x}:{int(each['kernel_sp']):08x}"
        + ("" if stack else "  (stack_switch was never called: a trap out of ring 3 crashes it)")
    )
    for name in ("event_callback", "failsafe_callback"):
        callback = each[name]
        if int(callback["eip"]):
            where = named(each, int(callback["eip"]))
            yield f"  {name:<17} {int(callback['cs']):04x}:{where}"
    found = [trap for trap in each.traps() if trap]
    yield f"  trap table     {len(found)} of 256 entries" + (":" if found else "")
    for trap in found:
        yield f"    {trap.vector:3} {trap.vector:#04x}  {describe(each, trap)}"
    yield f"  gate at 0x80   {gate(each)}"


def describe(each: Domain, trap: Trap) -> str:
    text = f"{trap.selector:04x}:{named(each, trap.address)}"
    text += f", INT from ring {'1' if trap.dpl < 3 else '1 and 3'}" if trap.dpl else ""
    return text + (", masks events" if trap.masks_events else "")


def gate(each: Domain) -> str:
    found = each.fast_trap()
    if found.selector.rpl == 0:
        return "the hypervisor's own: int 0x80 is bounced"
    return f"{found.kind}, {found.selector.value:04x}:{named(each, found.offset)}, DPL {found.dpl}"


def descriptor_tables(each: Domain) -> Iterator[str]:
    frames = each.gdt_frames()
    if not frames:
        yield "  GDT            none of its own"
    else:
        listed = " ".join(f"{frame:05x}" for frame in frames)
        yield f"  GDT            {int(each['gdt_entries'])} entries in frames {listed}"


def rest(each: Domain) -> Iterator[str]:
    fpu = each["fpu"]
    where = "in the processor" if fpu["loaded"] else "put away" if fpu["saved"] else "never used"
    trap = ", its next use traps to the guest" if fpu["task_switched"] else ""
    yield f"  FPU            {where}{trap}"
    used = [(n, int(each["debugreg"][n])) for n in range(8) if int(each["debugreg"][n])]
    if used:
        yield "  debug          " + "  ".join(f"dr{n} {value:08x}" for n, value in used)
    assists = int(each["vm_assist"])
    names = [name for bit, name in enumerate(VM_ASSISTS) if assists >> bit & 1]
    if names:
        yield f"  vm_assist      {', '.join(names)}"


Domains()
OneDomain()
