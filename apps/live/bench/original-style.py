"""The whole work as a script with nothing but Python's standard library does it: blocks as streams of bytes, a field at a
time, ids by hashlib, the payment filter, then steps 5 to 11 of the algorithm with lists and loops. Reads the block as
often as it is told and estimates the price of all their amounts, with the tables of a file (the spikes, the bins of round
bitcoin, the round dollars). Prints transactions, amounts, the price, and the CPU
seconds of reading and of estimating."""

import hashlib
import io
import json
import math
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


TABLES = json.load(open(sys.argv[3]))
SPIKES = dict(TABLES["spikes"])
ROUND_BINS = TABLES["round_bins"]
ROUND_DOLLARS = TABLES["round_dollars"]
TAPS = 803


def round_amounts():
    amounts = []
    for start, end, step in [
        (0.00005, 0.0001, 0.00001),
        (0.0001, 0.001, 0.00001),
        (0.001, 0.01, 0.0001),
        (0.01, 0.1, 0.001),
        (0.1, 1, 0.01),
    ]:
        amount = start
        while amount < end:
            amounts.append(amount)
            amount += step
    return amounts


def histogram(amounts):
    starts = [0.0] + [10 ** (e + b / 200) for e in range(-6, 6) for b in range(200)]
    counts = [0.0] * len(starts)
    for amount in amounts:
        index = max(0, int((math.log10(amount) + 6) * 200))
        while index + 1 < len(starts) and starts[index + 1] <= amount:
            index += 1
        while starts[index] > amount:
            index -= 1
        counts[index] += 1.0
    for index in list(range(201)) + list(range(1601, 2401)):
        counts[index] = 0.0
    for index in ROUND_BINS:
        counts[index] = 0.5 * (counts[index - 1] + counts[index + 1])
    total = sum(counts[201:1601])
    for index in range(201, 1601):
        counts[index] = min(0.008, counts[index] / total)
    return starts, counts


def rough_price(starts, counts):
    smooth = [0.0015 * math.exp(-((x - 411) ** 2) / (2 * 201**2)) + 0.0000005 * x for x in range(TAPS)]
    spike = [SPIKES.get(x, 0.0) for x in range(TAPS)]

    def spike_score(slide):
        return sum(counts[199 + slide + x] * spike[x] for x in range(TAPS))

    best, best_score, total = 0, 0.0, 0.0
    for slide in range(-141, 201):
        score = spike_score(slide)
        if slide < 150:
            score += 0.65 * sum(counts[199 + slide + x] * smooth[x] for x in range(TAPS))
        if score > best_score:
            best, best_score = slide, score
        total += score
    up, down = spike_score(best + 1), spike_score(best - 1)
    neighbour, neighbour_score = (best - 1, down) if down > up else (best + 1, up)
    mean = total / 342
    w1, w2 = best_score - mean, abs(neighbour_score - mean)
    price, other = 100 / starts[601 + best], 100 / starts[601 + neighbour]
    return int((w1 * price + w2 * other) / (w1 + w2))


def price_points(amounts, rough):
    rounds = round_amounts()
    points = []
    for amount in amounts:
        for dollars in ROUND_DOLLARS:
            centre = dollars / rough
            if centre - 0.25 * centre < amount < centre + 0.25 * centre:
                is_round = False
                for value in rounds:
                    if value - 0.0001 * value < amount < value + 0.0001 * value:
                        is_round = True
                        break
                if not is_round:
                    points.append(dollars / amount)
    return points


def central_price(points, rough):
    band = sorted(p for p in points if rough - 0.05 * rough < p < rough + 0.05 * rough)
    count = len(band)
    sums = [0.0]
    for point in band:
        sums.append(sums[-1] + point)
    best, least = 0.0, float("inf")
    for i, point in enumerate(band):
        distance = (point * i - sums[i]) + ((sums[count] - sums[i + 1]) - point * (count - 1 - i))
        if distance < least:
            best, least = point, distance
    return best


raw = open(sys.argv[1], "rb").read()
times = int(sys.argv[2])
transactions = 0
all_amounts = []
begin = time.process_time()
for _ in range(times):
    count, amounts = read_block(raw, set())
    transactions += count
    all_amounts += amounts
read = time.process_time()
starts, counts = histogram(all_amounts)
rough = rough_price(starts, counts)
price = central_price(price_points(all_amounts, rough), rough)
print(transactions, len(all_amounts), repr(price), read - begin, time.process_time() - read)
