// Every operation on HyperLogLog sketches.
'use strict'
const Aerospike = require('aerospike')
const { failsWith } = require('./outcome')
const assert = require('assert')
const { hll, status, operations } = Aerospike

module.exports = async ({ client, key }) => {
  const k = key('hll')
  const run = async (...ops) => (await client.operate(k, ops)).bins
  const near = (got, want) => assert.ok(Math.abs(got - want) <= 2, `${got} is not about ${want}`)
  await run(hll.init('h', 12, 20))
  assert.deepStrictEqual((await run(hll.describe('h'))).h, [12, 20])
  assert.strictEqual((await run(hll.add('h', ['a', 'b', 'c']))).h, 3)
  await failsWith(status.ERR_BIN_EXISTS, client.operate(k, [hll.init('h', 12).withPolicy({ writeFlags: hll.writeFlags.CREATE_ONLY })]))
  await run(hll.add('i', ['b', 'c', 'd', 'e'], 12, 20))
  const other = (await run(operations.read('i'))).i
  near((await run(hll.getCount('h'))).h, 3)
  near((await run(hll.getUnionCount('h', [other]))).h, 5)
  near((await run(hll.getIntersectCount('h', [other]))).h, 2)
  const similarity = (await run(hll.getSimilarity('h', [other]))).h
  assert.ok(similarity > 0.2 && similarity < 0.6, 'similarity ' + similarity)
  const union = (await run(hll.getUnion('h', [other]))).h
  await client.put(k, { u: new Aerospike.HyperLogLog(union) })
  await run(hll.setUnion('h', [other]))
  near((await run(hll.refreshCount('h'))).h, 5)
  near((await run(hll.getCount('u'))).u, 5)
  await run(hll.add('f', ['a', 'b'], 12), hll.fold('f', 8))
  assert.deepStrictEqual((await run(hll.describe('f'))).f, [8, 0])
  near((await run(hll.getCount('f'))).f, 2)
  await client.remove(k)
}
