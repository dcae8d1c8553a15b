// Every operation on the bits of blobs.
'use strict'
const Aerospike = require('aerospike')
const { failsWith } = require('./outcome')
const assert = require('assert')
const { bitwise: bits, status } = Aerospike

module.exports = async ({ client, key }) => {
  const k = key('bits')
  const leaves = async (op, before, after) => {
    await client.put(k, { b: Buffer.from(before) })
    await client.operate(k, [op])
    assert.deepStrictEqual([...(await client.get(k)).bins.b], after, 'operation ' + op.op)
  }
  const gives = async (op, before, want) => {
    await client.put(k, { b: Buffer.from(before) })
    const got = (await client.operate(k, [op])).bins.b
    assert.deepStrictEqual(Buffer.isBuffer(got) ? [...got] : got, want, 'operation ' + op.op)
  }
  await leaves(bits.resize('b', 3), [1], [1, 0, 0])
  await leaves(bits.resize('b', 2, bits.resizeFlags.FROM_FRONT), [1], [0, 1])
  await leaves(bits.insert('b', 1, Buffer.from([9])), [1, 2], [1, 9, 2])
  await leaves(bits.remove('b', 0, 1), [1, 2], [2])
  await leaves(bits.set('b', 4, 4, Buffer.from([0xf0])), [0, 0], [0x0f, 0])
  await leaves(bits.or('b', 0, 8, Buffer.from([0x0f])), [0xf0], [0xff])
  await leaves(bits.xor('b', 0, 8, Buffer.from([0xff])), [0xf0], [0x0f])
  await leaves(bits.and('b', 0, 8, Buffer.from([0x3c])), [0xf0], [0x30])
  await leaves(bits.not('b', 0, 4), [0x0f], [0xff])
  await leaves(bits.lshift('b', 0, 8, 3), [0x01], [0x08])
  await leaves(bits.rshift('b', 0, 8, 3), [0x08], [0x01])
  await leaves(bits.add('b', 0, 8, 5, false), [250], [255])
  await leaves(bits.add('b', 0, 8, 6, false).onOverflow(bits.overflow.WRAP), [250], [0])
  await leaves(bits.subtract('b', 0, 8, 5, false).onOverflow(bits.overflow.SATURATE), [3], [0])
  await gives(bits.get('b', 4, 8), [0x12, 0x34], [0x23])
  await gives(bits.getInt('b', 0, 16, false), [0x12, 0x34], 0x1234)
  await gives(bits.getInt('b', 0, 8, true), [0xff], -1)
  await gives(bits.lscan('b', 0, 8, true), [0x10], 3)
  await gives(bits.rscan('b', 0, 8, true), [0x10], 3)
  await failsWith(status.ERR_OP_NOT_APPLICABLE, client.operate(k, [bits.add('b', 0, 8, 255, false).onOverflow(bits.overflow.FAIL)]))
  await failsWith(status.ERR_BIN_EXISTS, client.operate(k, [bits.resize('b', 9).withPolicy({ writeFlags: bits.writeFlags.CREATE_ONLY })]))
  await client.remove(k)
}
