import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive of deflated members, as wheels are: local headers and data, central directory, end record. */
export function writeZip(members: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const fileName = Buffer.from(name);
    const data = deflateRawSync(content);
    // Version 2.0, no flags, deflate, no time, 1980-01-01, CRC-32, sizes, length of the name, no extra field.
    const fields = Buffer.alloc(26);
    for (const [at, value] of [20, 0, 8, 0, 0x21].entries()) fields.writeUInt16LE(value, 2 * at);
    for (const [at, value] of [crc32(content), data.length, content.length].entries())
      fields.writeUInt32LE(value, 10 + 4 * at);
    fields.writeUInt16LE(fileName.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, fileName, data]);
    // No comment, disk 0, no attributes; then where the local header is.
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, tail, fileName]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
