"""The machines of tests/worst: how a program is built for one, and run."""
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.path.join(ROOT, 'build', 'worst')
HERE = 'tests/worst'
PROGRAM = [f'{HERE}/{name}.c' for name in ('main', 'search', 'sequence', 'space', 'counter')]
RISCV = 'riscv64-unknown-elf-gcc -march={0}imac -mabi={1} -mcmodel=medany'
VIRT = 'qemu-system-riscv{0} -M virt -bios none'
HIGH = (0x80000000, 0x1000000, 0x81000000, 0x1000000)

# name: title, compiler, where code and data lie (tests/device/run.sh), machine, its clock
MACHINES = {
    'm4': ('Cortex-M4', 'arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb',
           (0, 0x400000, 0x21000000, 0x1000000), 'qemu-system-arm -M mps2-an386',
           '-icount shift=10'),
    'rv32': ('RV32IMAC', RISCV.format('rv32', 'ilp32'), HIGH, VIRT.format('32'), '-icount shift=0'),
    'rv64': ('RV64IMAC', RISCV.format('rv64', 'lp64'), HIGH, VIRT.format('64'), '-icount shift=0'),
    'x86-64': ('x86-64', 'gcc', None, None, None),
}


class Failure(Exception):
    pass


def run(command, seconds=900):
    """What a command says; it must succeed."""
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=seconds, check=False)
    if done.returncode != 0:
        raise Failure(f'{" ".join(command)}\n{done.stdout[-2000:]}')
    return done.stdout


def version(machine):
    """The compiler of a machine in one line."""
    return run([MACHINES[machine][1].split()[0], '--version']).split('\n')[0]


def build(machine, name, side, flags):
    """Compile the program of one allocator. `side`: its *_side.c, sources, include folders and
    definitions; these are compiled with `flags`, the program around them always the same way."""
    gcc, memory = MACHINES[machine][1].split(), MACHINES[machine][2]
    link, specs = [], []
    if memory is not None:
        specs = ['--specs=picolibc.specs']
        names = ('__flash', '__flash_size', '__ram', '__ram_size')
        link = specs + ['--oslib=semihost', '--crt0=semihost', '-Tpicolibc.ld'] + [
            f'-Wl,--defsym={n}={v:#x}' for n, v in zip(names, memory)]
    folder = os.path.join(OUT, machine, name)
    os.makedirs(folder, exist_ok=True)
    objects = []
    includes = [f'-I{d}' for d in side['include']] + [f'-I{HERE}', '-Itests']
    for source in side['sources'] + [f'{HERE}/{side["side"]}_side.c']:
        objects.append(os.path.join(folder, os.path.basename(source)[:-2] + '.o'))
        run(gcc + ['-std=c11', '-DNDEBUG'] + flags + side['define'] + includes + specs +
            ['-c', source, '-o', objects[-1]])
    program = os.path.join(folder, 'program')
    run(gcc + ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O2', f'-I{HERE}', '-Itests'] + objects +
        PROGRAM + link + ['-o', program])
    return program


def call(machine, program, *words, counted=True):
    """The lines that a program says, those that begin with # left out."""
    emulator, clock = MACHINES[machine][3:]
    words = [str(w) for w in words]
    command = [program] + words
    if emulator is not None:
        arguments = ','.join(['enable=on', 'target=native'] + [f'arg={w}' for w in words])
        command = emulator.split() + (clock.split() if counted else []) + [
            '-nographic', '-kernel', program, '-semihosting-config', arguments]
    return [line for line in run(command).split('\n') if line and not line.startswith('#')]
