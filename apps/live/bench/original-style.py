"""Reads a block some times over as a script with nothing but Python's standard library does: a stream of bytes, a field
at a time, ids by hashlib, the payment filter. Prints transactions, amounts of the last reading, and CPU seconds."""

import hashlib
import io
import struct
import sys
import time


def compact_size(stream):
    first = stream.read(1)[0]
    if first < 0xFD:
        return first
    width = {0xFD: 2, 0xFE: 4, 0xFF: 8}[first]
    return int.from_bytes(stream.read(width), "little")


def compact_bytes(number):
    if number < 0xFD:
        return bytes([number])
    if number <= 0xFFFF:
        return b"\xfd" + number.to_bytes(2, "little")
    return b"\xfe" + number.to_bytes(4, "little")


def read_block(raw, seen):
    stream = io.BytesIO(raw)
    stream.read(80)
    count = compact_size(stream)
    amounts = []
    for _ in range(count):
        version = stream.read(4)
        inputs_count = compact_size(stream)
        has_witness = inputs_count == 0
        if has_witness:
            stream.read(1)
            inputs_count = compact_size(stream)
        inputs = []
        for _ in range(inputs_count):
            outpoint = stream.read(36)
            script = stream.read(compact_size(stream))
            inputs.append((outpoint, script, stream.read(4)))
        outputs = []
        for _ in range(compact_size(stream)):
            value = stream.read(8)
            outputs.append((value, stream.read(compact_size(stream))))
        large_witness = False
        if has_witness:
            for _ in range(inputs_count):
                total = 0
                for _ in range(compact_size(stream)):
                    length = compact_size(stream)
                    stream.read(length)
                    total += length
                if total > 500:
                    large_witness = True
        lock_time = stream.read(4)
        parts = [version, compact_bytes(len(inputs))]
        for outpoint, script, sequence in inputs:
            parts += [outpoint, compact_bytes(len(script)), script, sequence]
        parts.append(compact_bytes(len(outputs)))
        for value, script in outputs:
            parts += [value, compact_bytes(len(script)), script]
        parts.append(lock_time)
        body = b"".join(parts)
        txid = hashlib.sha256(hashlib.sha256(body).digest()).digest()[::-1].hex()
        coinbase = any(outpoint[:32] == bytes(32) for outpoint, _, _ in inputs)
        spends_window = any(outpoint[:32][::-1].hex() in seen for outpoint, _, _ in inputs)
        seen.add(txid)
        if coinbase or spends_window or large_witness or len(inputs) > 5 or len(outputs) != 2:
            continue
        if any(script[:1] == b"\x6a" for _, script in outputs):
            continue
        for value, _ in outputs:
            btc = struct.unpack("<q", value)[0] / 1e8
            if 1e-5 < btc < 1e5:
                amounts.append(btc)
    return count, amounts


raw = open(sys.argv[1], "rb").read()
times = int(sys.argv[2])
transactions = 0
begin = time.process_time()
for _ in range(times):
    count, amounts = read_block(raw, set())
    transactions += count
print(transactions, len(amounts), time.process_time() - begin)
