// Every operation on maps.
'use strict'
const Aerospike = require('aerospike')
const { failsWith, sorted } = require('./outcome')
const assert = require('assert')
const { maps, status } = Aerospike
const { KEY, VALUE, COUNT, INDEX, RANK, KEY_VALUE, EXISTS } = maps.returnType

module.exports = async ({ client, key }) => {
  const k = key('maps')
  const run = async (...ops) => (await client.operate(k, ops)).bins.m
  const reset = (m) => client.put(k, { m })
  const left = async () => (await client.get(k)).bins.m
  const gives = async (op, result, after) => {
    assert.deepStrictEqual(sorted(await run(op)), sorted(result), op.op + ' gives')
    if (after) assert.deepStrictEqual(await left(), after, op.op + ' leaves')
  }
  const ordered = () => run(maps.setPolicy('m', new Aerospike.MapPolicy({ order: maps.order.KEY_ORDERED })))

  await reset({})
  await gives(maps.put('m', 'a', 1), 1, { a: 1 })
  await gives(maps.putItems('m', { b: 2, c: 3 }), 3, { a: 1, b: 2, c: 3 })
  await gives(maps.increment('m', 'a', 10), 11)
  await gives(maps.decrement('m', 'a', 1), 10, { a: 10, b: 2, c: 3 })
  await gives(maps.size('m'), 3)
  await run(maps.clear('m'))
  assert.deepStrictEqual(await left(), {})

  const five = { a: 5, b: 4, c: 3, d: 2, e: 1 }
  await reset(five)
  await ordered()
  await gives(maps.getByKey('m', 'c', VALUE), 3)
  await gives(maps.getByKey('m', 'x', EXISTS), false)
  await gives(maps.getByKeyList('m', ['a', 'e', 'x'], COUNT), 2)
  await gives(maps.getByKeyRange('m', 'b', 'd', KEY), ['b', 'c'])
  await gives(maps.getByKeyRelIndexRange('m', 'b', 1, 2, KEY), ['c', 'd'])
  await gives(maps.getByValue('m', 2, KEY), ['d'])
  await gives(maps.getByValueList('m', [1, 2], COUNT), 2)
  await gives(maps.getByValueRange('m', 2, 4, KEY), ['d', 'c'])
  await gives(maps.getByValueRelRankRange('m', 3, 1, 1, KEY), ['b'])
  await gives(maps.getByIndex('m', 0, KEY), 'a')
  await gives(maps.getByIndexRange('m', 3, 2, VALUE), [2, 1])
  await gives(maps.getByRank('m', 0, KEY), 'e')
  await gives(maps.getByRankRange('m', -2, 2, RANK), [3, 4])
  await gives(maps.getByKey('m', 'b', INDEX), 1)
  await gives(maps.getByIndexRange('m', 0, 2, KEY_VALUE), ['a', 5, 'b', 4])

  const without = (...keys) => Object.fromEntries(Object.entries(five).filter(([key]) => !keys.includes(key)))
  for (const [op, result, after] of [
    [maps.removeByKey('m', 'a', VALUE), 5, without('a')],
    [maps.removeByKeyList('m', ['a', 'b', 'x'], COUNT), 2, without('a', 'b')],
    [maps.removeByKeyRange('m', 'b', 'd', COUNT), 2, without('b', 'c')],
    [maps.removeByKeyRelIndexRange('m', 'c', -1, 2, COUNT), 2, without('b', 'c')],
    [maps.removeByValue('m', 3, KEY), ['c'], without('c')],
    [maps.removeByValueList('m', [1, 2], COUNT), 2, without('d', 'e')],
    [maps.removeByValueRange('m', 1, 3, COUNT), 2, without('d', 'e')],
    [maps.removeByValueRelRankRange('m', 3, 0, 2, COUNT), 2, without('b', 'c')],
    [maps.removeByIndex('m', -1, KEY), 'e', without('e')],
    [maps.removeByIndexRange('m', 0, 2, COUNT), 2, without('a', 'b')],
    [maps.removeByRank('m', -1, KEY), 'a', without('a')],
    [maps.removeByRankRange('m', 0, 2, COUNT), 2, without('d', 'e')]
  ]) {
    await reset(five)
    await ordered()
    await gives(op, result, after)
  }

  const only = (writeFlags) => ({ writeFlags })
  await failsWith(status.ERR_FAIL_ELEMENT_EXISTS, client.operate(k, [maps.put('m', 'a', 0, only(maps.writeFlags.CREATE_ONLY))]))
  await failsWith(status.ERR_FAIL_ELEMENT_NOT_FOUND, client.operate(k, [maps.put('m', 'x', 0, only(maps.writeFlags.UPDATE_ONLY))]))
  await reset({ a: { b: [1, 2] } })
  const deep = (ctx) => ctx.addMapKey('a')
  await gives(maps.put('m', 'c', 3).withContext(deep), 2, { a: { b: [1, 2], c: 3 } })
  await gives(Aerospike.lists.append('m', 3).withContext((ctx) => ctx.addMapKey('a').addMapKey('b')), 3, { a: { b: [1, 2, 3], c: 3 } })
  await client.operate(k, [maps.create('n', maps.order.KEY_ORDERED), maps.put('n', 'z', 1), maps.put('n', 'a', 2)])
  assert.deepStrictEqual((await client.operate(k, [maps.getByIndex('n', 0, KEY)])).bins.n, 'a')
  await client.remove(k)
}
