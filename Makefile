# For those whose fingers type make. ./run is the door; this only knocks.
.PHONY: check test demo lock

check:
	./run check

test:
	./run test

demo:
	./run demo

# Compiles every requirements*.in into its .txt with hashes. To raise a version, change the .in
# file; to raise everything beneath, `./run lock --upgrade`.
lock:
	./run lock
