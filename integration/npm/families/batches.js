// Batches of every kind of row.
'use strict'
const Aerospike = require('aerospike')
const assert = require('assert')
const { status, operations: op, batchType, exp, policy } = Aerospike
const { OK, ERR_RECORD_NOT_FOUND, ERR_RECORD_EXISTS, FILTERED_OUT, ERR_UDF } = status

const codes = (rows) => rows.map((row) => row.status)

module.exports = async ({ client, key, module }) => {
  const keys = [1, 2, 3, 4].map((i) => key('batch-' + i))
  const missing = key('batch-missing')
  const write = (k, n, p) => ({ type: batchType.BATCH_WRITE, key: k, ops: [op.write('n', n)], policy: p })
  let rows = await client.batchWrite(keys.map((k, i) => write(k, i + 1)))
  assert.deepStrictEqual(codes(rows), [OK, OK, OK, OK])

  rows = await client.batchRead([{ key: keys[0], readAllBins: true }, { key: keys[1], bins: ['nosuch'] }, { key: missing, readAllBins: true }])
  assert.deepStrictEqual(codes(rows), [OK, OK, ERR_RECORD_NOT_FOUND])
  assert.deepStrictEqual(rows[0].record.bins, { n: 1 })
  assert.deepStrictEqual(codes(await client.batchExists([keys[0], missing])), [OK, ERR_RECORD_NOT_FOUND])
  assert.deepStrictEqual(codes(await client.batchGet([keys[3], missing])), [OK, ERR_RECORD_NOT_FOUND])
  assert.deepStrictEqual((await client.batchSelect(keys, ['n'])).map((row) => row.record.bins.n), [1, 2, 3, 4])

  rows = await client.batchWrite([
    { type: batchType.BATCH_READ, key: keys[0], readAllBins: true },
    write(keys[1], 20, new Aerospike.BatchWritePolicy({ exists: policy.exists.CREATE })),
    { type: batchType.BATCH_WRITE, key: keys[2], ops: [op.incr('n', 100), op.read('n')] },
    { type: batchType.BATCH_APPLY, key: keys[3], udf: { module, funcname: 'add', args: ['n', 1000] } },
    { type: batchType.BATCH_APPLY, key: keys[3], udf: { module, funcname: 'fail', args: [] } },
    { type: batchType.BATCH_REMOVE, key: missing }
  ])
  assert.deepStrictEqual(codes(rows), [OK, ERR_RECORD_EXISTS, OK, OK, ERR_UDF, ERR_RECORD_NOT_FOUND])
  assert.strictEqual(rows[2].record.bins.n, 103)
  assert.strictEqual(rows[3].record.bins.SUCCESS, 1004)

  rows = await client.batchApply(keys, { module, funcname: 'add', args: ['n', 1] })
  assert.deepStrictEqual(rows.map((row) => row.record.bins.SUCCESS), [2, 3, 104, 1005])
  const filterExpression = exp.gt(exp.binInt('n'), exp.int(100))
  rows = await client.batchRead(keys.map((k) => ({ key: k, readAllBins: true })), new Aerospike.BatchPolicy({ filterExpression }))
  assert.deepStrictEqual(codes(rows), [FILTERED_OUT, FILTERED_OUT, OK, OK])
  assert.deepStrictEqual(codes(await client.batchRemove(keys)), [OK, OK, OK, OK])
  assert.deepStrictEqual(codes(await client.batchRemove(keys)), keys.map(() => ERR_RECORD_NOT_FOUND))

  const many = Array.from({ length: 500 }, (_, i) => key('many-' + i))
  assert.ok((await client.batchWrite(many.map((k, i) => write(k, i)))).every((row) => row.status === OK))
  rows = await client.batchRead(many.map((k) => ({ key: k, readAllBins: true })))
  assert.deepStrictEqual(rows.map((row) => row.record.bins.n), many.map((_, i) => i))
  await client.batchRemove(many)
}
