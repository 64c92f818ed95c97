import asyncio, json, sys, zlib
import websockets  # pip install websockets

URL, SYMBOL = "ws://127.0.0.1:8000/ws", sys.argv[1] if len(sys.argv) > 1 else "BTC-USDT"

def text(levels):  # the checksum's text of one side: its ten best levels, best first
    return ",".join(f"{price}:{qty}" for price, qty in levels[:10])

async def main():
    last, book, sides, count = {}, {"bids": {}, "asks": {}}, {}, {"events": 0, "trades": 0, "checksums": 0}
    async with websockets.connect(URL, subprotocols=["tickwire.v1.json"], max_size=None) as socket:
        await socket.send(json.dumps({"op": "subscribe", "id": 1, "streams": [f"book:{SYMBOL}", f"trades:{SYMBOL}"]}))
        async for frame in socket:
            message = json.loads(frame)
            if isinstance(message, dict):  # a control message; heartbeats and unknown types need nothing
                if message["type"] == "error" or message.get("errors"): sys.exit(frame)
                continue
            for event in message:
                if not event.get("snapshot") and event["prev_seq"] != last.get(event["ch"]):
                    sys.exit(f"gap in {event['ch']}: {event['prev_seq']} follows {last.get(event['ch'])}")
                last[event["ch"]], count["events"] = event["seq"], count["events"] + 1
                if event["ch"] == "trades": count["trades"] += 1
                if event["ch"] != "book": continue
                for side, levels in book.items():
                    if event.get("snapshot"): levels.clear()
                    for price, qty in event[side]:
                        if float(qty): levels[price] = qty
                        else: levels.pop(price, None)
                    sides[side] = sorted(levels.items(), key=lambda level: float(level[0]), reverse=side == "bids")
                if zlib.crc32(f"{text(sides['bids'])}|{text(sides['asks'])}".encode()) != event["checksum"]:
                    sys.exit(f"wrong checksum at {event['seq']}")
                count["checksums"] += 1
                if count["checksums"] % 1000 == 1: print(SYMBOL, sides["bids"][:1], sides["asks"][:1], count, flush=True)

asyncio.run(main())
