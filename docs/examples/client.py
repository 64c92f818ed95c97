import asyncio, json, random, sys, time, zlib
import websockets  # pip install websockets

URL, SYMBOL = "ws://127.0.0.1:8000/ws", sys.argv[1] if len(sys.argv) > 1 else "BTC-USDT"
STREAMS = [f"book:{SYMBOL}", f"trades:{SYMBOL}"]
epoch, last, book = None, {}, {"bids": {}, "asks": {}}  # last: the latest seq of each stream that is whole
count = {"events": 0, "trades": 0, "checksums": 0}
reconnect_at, pause = 0, 0.5  # seconds

def best(side):  # the ten best levels, best first
    return sorted(book[side].items(), key=lambda level: float(level[0]), reverse=side == "bids")[:10]

def is_right(event):  # takes in a book event and compares the checksum
    for side, levels in book.items():
        if event.get("snapshot"): levels.clear()
        for price, qty in event[side]:
            if float(qty): levels[price] = qty
            else: levels.pop(price, None)
    text = "|".join(",".join(f"{price}:{qty}" for price, qty in best(side)) for side in ("bids", "asks"))
    count["checksums"] += 1
    if count["checksums"] % 1000 == 1: print(SYMBOL, best("bids")[:1], best("asks")[:1], count, flush=True)
    return zlib.crc32(text.encode()) == event["checksum"]

async def follow(socket):  # until the connection ends
    global epoch, reconnect_at, pause
    ask = lambda op, **fields: socket.send(json.dumps({"op": op, "id": op, **fields}))
    hello = json.loads(await socket.recv())
    if hello["epoch"] != epoch: last.clear()  # other events: start anew
    epoch, pause, fresh = hello["epoch"], 0.5, [stream for stream in STREAMS if stream not in last]
    if last: await ask("resume", epoch=epoch, seqs=last)
    if fresh: await ask("subscribe", streams=fresh)
    async for frame in socket:
        message = json.loads(frame)
        if isinstance(message, dict):  # a control message; heartbeats, discontinuities and unknown types need nothing
            if message["type"] == "draining": reconnect_at = time.monotonic() + message["reconnect_after_ms"] / 1000
            if message["type"] == "error" or message.get("errors"): sys.exit(frame)
            continue
        for event in message:
            stream = f"{event['ch']}:{event['sym']}"
            if stream not in last and not event.get("snapshot"): continue  # waiting for a snapshot
            follows = event.get("snapshot") or event["prev_seq"] == last[stream]
            count["events"] += 1
            if event["ch"] == "trades": count["trades"] += 1
            if follows and (event["ch"] != "book" or is_right(event)):
                last[stream] = event["seq"]
            else:
                print(f"{stream} is broken at {event['seq']}", file=sys.stderr)
                del last[stream]
                await ask("resync", streams=[stream])

async def main():
    global pause
    while True:
        error, code = "the connection ended", None  # no code: the network, or the server, failed
        try:
            async with websockets.connect(URL, subprotocols=["tickwire.v1.json"], max_size=None) as socket:
                await follow(socket)
        except (OSError, websockets.WebSocketException) as ended:
            error, code = ended, getattr(getattr(ended, "rcvd", None), "code", None)
        if code not in (None, 1012, 4408): sys.exit(str(error))
        wait = max(reconnect_at - time.monotonic(), pause * random.uniform(0.5, 1))
        print(f"{error}: again in {wait:.1f} s", file=sys.stderr)
        pause = min(2 * pause, 30)
        await asyncio.sleep(wait)

asyncio.run(main())
