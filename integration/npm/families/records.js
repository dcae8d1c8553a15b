// Commands on one record, and what their policies say.
'use strict'
const Aerospike = require('aerospike')
const assert = require('assert')
const { failsWith } = require('./outcome')
const { status, policy, operations: op } = Aerospike

module.exports = async ({ client, key, namespace, set }) => {
  const k = key('records')
  await failsWith(status.ERR_RECORD_NOT_FOUND, client.get(k))
  assert.strictEqual(await client.exists(k), false)
  await client.put(k, { n: 1, s: 'b', b: Buffer.from([2]) }, { ttl: 500 })
  assert.strictEqual(await client.exists(k), true)
  let rec = await client.get(k)
  assert.deepStrictEqual(rec.bins, { n: 1, s: 'b', b: Buffer.from([2]) })
  assert.strictEqual(rec.gen, 1)
  assert.ok(rec.ttl > 490 && rec.ttl <= 500, 'ttl ' + rec.ttl)
  assert.deepStrictEqual((await client.select(k, ['n', 'nosuch'])).bins, { n: 1 })

  await client.incr(k, { n: 41 })
  await client.append(k, { s: 'c' })
  await client.prepend(k, { s: 'a' })
  await client.operate(k, [op.touch(1000)])
  rec = await client.get(k)
  assert.strictEqual(rec.bins.n, 42)
  assert.strictEqual(rec.bins.s, 'abc')
  assert.strictEqual(rec.gen, 5)
  assert.ok(rec.ttl > 990, 'ttl ' + rec.ttl)

  rec = await client.operate(k, [op.incr('n', -2), op.write('w', 'x'), op.read('n'), op.append('s', '!'), op.prepend('s', '?'), op.read('s')])
  assert.deepStrictEqual(rec.bins, { n: 40, s: '?abc!' })
  await client.put(k, { w: null })
  assert.deepStrictEqual(Object.keys((await client.get(k)).bins).sort(), ['b', 'n', 's'])

  const write = (p) => client.put(k, { n: 7 }, null, new Aerospike.WritePolicy(p))
  await failsWith(status.ERR_RECORD_EXISTS, write({ exists: policy.exists.CREATE }))
  await write({ exists: policy.exists.REPLACE })
  assert.deepStrictEqual((await client.get(k)).bins, { n: 7 })
  await failsWith(status.ERR_RECORD_GENERATION, client.put(k, { n: 8 }, { gen: 1 }, new Aerospike.WritePolicy({ gen: policy.gen.EQ })))
  await write({ key: policy.key.SEND, commitLevel: policy.commitLevel.MASTER })
  await failsWith(status.ERR_RECORD_NOT_FOUND, client.put(key('nobody'), { n: 8 }, null, new Aerospike.WritePolicy({ exists: policy.exists.UPDATE })))
  await failsWith(status.ERR_BIN_INCOMPATIBLE_TYPE, client.append(k, { n: 'text' }))

  assert.strictEqual((await client.get(new Aerospike.Key(namespace, set, null, k.digest))).bins.n, 7, 'by its digest alone')
  rec = await client.operate(k, [op.read('n'), op.delete()])
  assert.deepStrictEqual(rec.bins, { n: 7 })
  await failsWith(status.ERR_RECORD_NOT_FOUND, client.remove(k))
  await failsWith(status.ERR_NAMESPACE_NOT_FOUND, client.get(new Aerospike.Key('nosuch', set, 1)))
}
