// Zip files made by hand, so that their tables may say what they like.

import { crc32 as hash, deflateRawSync } from 'node:zlib';

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
