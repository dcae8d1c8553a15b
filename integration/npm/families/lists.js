// Every operation on lists.
'use strict'
const Aerospike = require('aerospike')
const { failsWith, sorted } = require('./outcome')
const assert = require('assert')
const { lists, status, operations } = Aerospike
const { VALUE, COUNT, INDEX, RANK, EXISTS } = lists.returnType

module.exports = async ({ client, key }) => {
  const k = key('lists')
  const run = async (...ops) => (await client.operate(k, ops)).bins.l
  const reset = (list) => client.put(k, { l: list })
  const left = async () => (await client.get(k)).bins.l
  // an operation gives a result and leaves a list
  const gives = async (op, result, after) => {
    assert.deepStrictEqual(sorted(await run(op)), sorted(result), op.op + ' gives')
    if (after) assert.deepStrictEqual(await left(), after, op.op + ' leaves')
  }

  await reset([])
  await gives(lists.append('l', 1), 1, [1])
  await gives(lists.appendItems('l', [2, 3]), 3, [1, 2, 3])
  await gives(lists.insert('l', 0, 0), 4, [0, 1, 2, 3])
  await gives(lists.insertItems('l', 1, [8, 9]), 6, [0, 8, 9, 1, 2, 3])
  await gives(lists.pop('l', 1), 8, [0, 9, 1, 2, 3])
  await gives(lists.popRange('l', 0, 2), [0, 9], [1, 2, 3])
  await gives(lists.popRange('l', 1), [2, 3], [1])
  await reset([1, 2, 3, 4, 5])
  await gives(lists.remove('l', 0), 1, [2, 3, 4, 5])
  await gives(lists.removeRange('l', 2, 2), 2, [2, 3])
  await run(lists.set('l', 0, 7))
  await gives(lists.increment('l', 0, 3), 10, [10, 3])
  await gives(lists.size('l'), 2)
  await gives(lists.trim('l', 1, 1), 1, [3])
  await run(lists.clear('l'))
  assert.deepStrictEqual(await left(), [])

  const five = [5, 4, 3, 2, 1]
  await reset(five)
  await gives(lists.get('l', 1), 4)
  await gives(lists.getRange('l', 1, 2), [4, 3])
  await gives(lists.getByIndex('l', -1, VALUE), 1)
  await gives(lists.getByIndexRange('l', 3, 2, VALUE), [2, 1])
  await gives(lists.getByValue('l', 3, INDEX), [2])
  await gives(lists.getByValueList('l', [1, 5], COUNT), 2)
  await gives(lists.getByValueRange('l', 2, 4, VALUE), [3, 2])
  await gives(lists.getByValueRelRankRange('l', 3, 1, 1, VALUE), [4])
  await gives(lists.getByRank('l', 0, INDEX), 4)
  await gives(lists.getByRankRange('l', -2, 2, VALUE), [5, 4])
  await gives(lists.getByValue('l', 9, EXISTS), false)
  await gives(lists.getByValueRange('l', 2, 4, VALUE).invertSelection(), [5, 4, 1])
  await gives(lists.sort('l', lists.sortFlags.DEFAULT), undefined, [1, 2, 3, 4, 5])

  for (const [op, result, after] of [
    [lists.removeByIndex('l', 0, VALUE), 5, [4, 3, 2, 1]],
    [lists.removeByIndexRange('l', 3, 2, VALUE), [2, 1], [5, 4, 3]],
    [lists.removeByValue('l', 3, INDEX), [2], [5, 4, 2, 1]],
    [lists.removeByValueList('l', [1, 2, 9], COUNT), 2, [5, 4, 3]],
    [lists.removeByValueRange('l', 2, 4, COUNT), 2, [5, 4, 1]],
    [lists.removeByValueRelRankRange('l', 3, 0, 2, COUNT), 2, [5, 2, 1]],
    [lists.removeByRank('l', -1, VALUE), 5, [4, 3, 2, 1]],
    [lists.removeByRankRange('l', 0, 2, RANK), [1, 0], [5, 4, 3]]
  ]) {
    await reset(five)
    await gives(op, result, after)
  }

  await reset([3, 1, 2])
  await run(lists.setOrder('l', lists.order.ORDERED))
  await gives(lists.append('l', 0), 4, [0, 1, 2, 3])
  await failsWith(status.ERR_FAIL_ELEMENT_EXISTS, client.operate(k, [lists.append('l', 1, { writeFlags: lists.writeFlags.ADD_UNIQUE })]))
  await gives(lists.append('l', 1, { writeFlags: lists.writeFlags.ADD_UNIQUE | lists.writeFlags.NO_FAIL }), 4, [0, 1, 2, 3])

  const at = (ctx) => ctx.addListIndex(1)
  await reset([1, [2, 3]])
  await gives(lists.append('l', 4).withContext(at), 3, [1, [2, 3, 4]])
  await gives(lists.getByRank('l', -1, VALUE).withContext(at), 4)
  await client.operate(k, [lists.create('n', lists.order.ORDERED), lists.append('n', 2), lists.append('n', 1)])
  assert.deepStrictEqual((await client.operate(k, [operations.read('n')])).bins.n, [1, 2])
  await client.remove(k)
}
