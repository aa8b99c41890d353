// Zip files made by hand, so that their tables may say what they like.

import { crc32 as hash, deflateRawSync, inflateRawSync } from 'node:zlib';

// zlib.crc32 is newer than Node 18
function crc32(bytes) {
	if (hash)
		return hash(bytes);
	let c = ~0;

	for (const b of bytes) {
		c ^= b;
		for (let i = 0; i < 8; i++)
			c = c >>> 1 ^ (c & 1 ? 0xedb88320 : 0);
	}
	return ~c >>> 0;
}

// size: what the table says it unpacks to; at: where it says it begins
export function stored(name, text) {
	const bytes = Buffer.from(text);

	return { name, method: 0, packed: bytes, size: bytes.length,
		crc: crc32(bytes) };
}

export function deflated(name, text) {
	const bytes = Buffer.from(text);

	return { name, method: 8, packed: deflateRawSync(bytes),
		size: bytes.length, crc: crc32(bytes) };
}

export function zip(entries) {
	const parts = [], table = [];
	let at = 0;

	for (const e of entries) {
		const name = Buffer.from(e.name);
		const local = Buffer.alloc(30), row = Buffer.alloc(46);

		local.writeUInt32LE(0x04034b50, 0);
		local.writeUInt16LE(20, 4);
		local.writeUInt16LE(e.method, 8);
		local.writeUInt32LE(e.crc, 14);
		local.writeUInt32LE(e.packed.length, 18);
		local.writeUInt32LE(e.size, 22);
		local.writeUInt16LE(name.length, 26);
		row.writeUInt32LE(0x02014b50, 0);
		row.writeUInt16LE(20, 4);
		row.writeUInt16LE(20, 6);
		row.writeUInt16LE(e.method, 10);
		row.writeUInt32LE(e.crc, 16);
		row.writeUInt32LE(e.packed.length, 20);
		row.writeUInt32LE(e.size, 24);
		row.writeUInt16LE(name.length, 28);
		row.writeUInt32LE(e.at ?? at, 42);
		table.push(row, name);
		if (e.at !== undefined && parts.length)
			continue; // it stands there already
		parts.push(local, name, e.packed);
		at += 30 + name.length + e.packed.length;
	}
	const rows = Buffer.concat(table);
	const end = Buffer.alloc(22);

	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(entries.length, 8);
	end.writeUInt16LE(entries.length, 10);
	end.writeUInt32LE(rows.length, 12);
	end.writeUInt32LE(at, 16);
	return Buffer.concat([...parts, rows, end]);
}

// -> { name: text } of a zip somebody else has made
export function unzip(bytes) {
	const found = {};
	let at = bytes.readUInt32LE(bytes.length - 22 + 16); // of its directory

	while (bytes.readUInt32LE(at) === 0x02014b50) {
		const [name, extra, note] = [28, 30, 32].map((i) =>
			bytes.readUInt16LE(at + i));
		const size = bytes.readUInt32LE(at + 20);
		const local = bytes.readUInt32LE(at + 42);
		const data = local + 30 + bytes.readUInt16LE(local + 26) +
			bytes.readUInt16LE(local + 28);
		const packed = bytes.subarray(data, data + size);

		found[bytes.toString('utf8', at + 46, at + 46 + name)] =
			(bytes.readUInt16LE(at + 10) ? inflateRawSync(packed)
				: packed).toString();
		at += 46 + name + extra + note;
	}
	return found;
}
