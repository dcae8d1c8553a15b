// Multi-record transactions (Enterprise, strong consistency).
'use strict'
const Aerospike = require('aerospike')
const { failsWith } = require('./outcome')
const assert = require('assert')
const { status, batchType, operations: op, Transaction } = Aerospike

module.exports = async ({ client, key }) => {
  const [a, b] = [key('txn-a'), key('txn-b')]
  const n = async (k, policy) => (await client.get(k, policy)).bins.n
  await client.put(a, { n: 10 })
  await client.put(b, { n: 20 })

  let txn = new Transaction()
  let policy = { txn }
  await client.put(a, { n: await n(a, policy) - 5 }, null, policy)
  await client.operate(b, [op.incr('n', 5)], null, policy)
  assert.deepStrictEqual([await n(a), await n(b)], [10, 20], 'nobody else sees it')
  assert.deepStrictEqual([await n(a, policy), await n(b, policy)], [5, 25])
  await failsWith(status.MRT_BLOCKED, client.put(a, { n: 0 }))
  assert.strictEqual(await client.commit(txn), Transaction.commitStatus.OK)
  assert.deepStrictEqual([await n(a), await n(b)], [5, 25])

  txn = new Transaction()
  policy = { txn }
  const rows = await client.batchWrite([a, b].map((k) => ({ type: batchType.BATCH_WRITE, key: k, ops: [op.write('n', 0)] })), policy)
  assert.deepStrictEqual(rows.map((row) => row.status), [status.OK, status.OK])
  assert.strictEqual(await client.abort(txn), Transaction.abortStatus.OK)
  assert.deepStrictEqual([await n(a), await n(b)], [5, 25], 'nothing has happened')

  txn = new Transaction()
  policy = { txn }
  await n(a, policy)
  await client.put(a, { n: 6 })
  await client.put(b, { n: 26 }, null, policy)
  await failsWith(status.TXN_FAILED, client.commit(txn))
  assert.deepStrictEqual([await n(a), await n(b)], [6, 25], 'what it has read has changed, so it is undone')
  for (const k of [a, b]) await client.remove(k, new Aerospike.RemovePolicy({ durableDelete: true }))
}
