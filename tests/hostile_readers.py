"""Reader processes that do what no mail is known to make them do, on the words of a mail."""

HOSTILE_READER = """\
import mmap, os, re, signal, sys, tempfile, time
from abuse_intake.guard import limits
from abuse_intake.guard.child import main
from parsers import read

limits.CPU_SECONDS, limits.WALL_SECONDS = 0.3, 2.0
read_mail, mails_before = read.read_mail, 0

def loop():
    while True: pass
def eat(): return bytearray(1 << 30)
def eat_later(): return mails_before and eat()
def stop(): os.kill(os.getpid(), signal.SIGSTOP)
def kill(): os.kill(os.getpid(), signal.SIGKILL)
def kill_later(): return mails_before and kill()
def is_first(raw, times):
    # whether the mail was read less often; folders beside the one that it names tell of it
    name = raw.partition(b"X-Marker: ")[2].partition(b"\\n")[0].strip()
    for number in range(times):
        try:
            os.mkdir(name + b"%d" % number)
            return True
        except FileExistsError:
            pass
    return False
def fail(): raise ValueError("a fault\\n\\x1b[31m of ours")
def tell(): raise ValueError(repr(dict(os.environ)))
def lie():
    mmap.mmap(int(sys.argv[1]), 1)[0] = 255
    os._exit(0)
def write():
    with tempfile.TemporaryFile("w") as file: file.write("x")

WORDS = {
    b"LOOPS": loop,
    b"MATCHES": lambda: re.match("(a+)+$", "a" * 60 + "b"),
    b"SLEEPS": lambda: time.sleep(60),
    b"DAWDLES": lambda: time.sleep(0.2),
    b"LIES": lie,
    b"STOPS": stop,
    b"EATS": eat,
    b"EATS-ITS-SHARE": lambda: bytearray(limits.MEMORY_BYTES + (30 << 20)) and None,
    b"EATS-LATER": eat_later,
    b"LEAVES": lambda: os._exit(0),
    b"CRASHES": lambda: os.abort(),
    b"KILLED": kill,
    b"KILLED-LATER": kill_later,
    b"FAILS": fail,
    b"RECURS": lambda: WORDS[b"RECURS"](),
    b"TELLS": tell,
    b"WRITES": write,
    b"SIGNALS": lambda: [os.kill(os.getpid(), number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)],
}

def read_hostile(raw):
    global mails_before
    if b"X-Word: STOPS-ONCE" in raw and is_first(raw, 1): stop()
    if b"X-Word: KILLED-TWICE" in raw and is_first(raw, 2): kill()
    word = raw.partition(b"X-Word: ")[2].partition(b"\\n")[0].strip()
    WORDS.get(word, lambda: None)()
    mails_before += 1
    return read_mail(raw)

read.read_mail = read_hostile
main()
"""
"""What such a process runs, in place of `guard.process.CHILD_CODE`."""


def make_word(word: str, marker: str = "") -> bytes:
    """A mail with that word; `marker` begins the names of folders that tell how often it was read."""
    return (
        f"From: ann@reporter.example\nSubject: Hello\nX-Word: {word}\nX-Marker: {marker}\n\nHello\n".encode()
    )
