// Expressions as filters and as operations.
'use strict'
const Aerospike = require('aerospike')
const { failsWith } = require('./outcome')
const assert = require('assert')
const { exp, status, lists, maps, hll } = Aerospike

// The package's functions of a fixed number of operands count their operands as one node each, and do not take them out of
// their lists: they work on literals, if somebody else does that.
const of = (f) => (...operands) => f(...operands.flat())
const [pow, mod, abs, floor, ceil, toInt, lshift, rshift, bitCount] = ['pow', 'mod', 'abs', 'floor', 'ceil', 'toInt', 'intLshift', 'intRshift', 'intCount'].map((name) => of(exp[name]))

module.exports = async ({ client, key }) => {
  const k = key('expressions')
  const bins = { i: 7, f: new Aerospike.Double(2.5), s: 'hello', b: Buffer.from([0x0f, 1]), l: [3, 1, 2], m: { a: 1, b: 2 }, t: true, g: new Aerospike.GeoJSON({ type: 'Point', coordinates: [8.5, 47.3] }) }
  await client.put(k, bins, { ttl: 1000 }, new Aerospike.WritePolicy({ key: Aerospike.policy.key.SEND }))
  await client.operate(k, [hll.add('h', ['x', 'y'], 10)], { ttl: 1000 })
  const matches = (filterExpression) => client.get(k, new Aerospike.ReadPolicy({ filterExpression }))
  const int = (n) => exp.int(n)
  const yes = {
    comparisons: exp.and(exp.eq(exp.binInt('i'), int(7)), exp.ne(exp.binInt('i'), int(8)), exp.gt(exp.binInt('i'), int(6)), exp.ge(exp.binInt('i'), int(7)), exp.lt(exp.binInt('i'), int(8)), exp.le(exp.binInt('i'), int(7))),
    logic: exp.and(exp.or(exp.bool(false), exp.binBool('t')), exp.not(exp.bool(false)), exp.exclusive(exp.bool(true), exp.bool(false))),
    arithmetic: exp.eq(exp.add(exp.mul(exp.binInt('i'), int(2)), exp.sub(int(10), int(4)), exp.div(int(9), int(3)), mod(int(7), int(4))), int(26)),
    floats: exp.and(exp.eq(floor(exp.float(2.7)), exp.float(2)), exp.eq(exp.add(exp.binFloat('f'), pow(exp.float(2), exp.float(3))), exp.float(10.5))),
    conversions: exp.and(exp.eq(toInt(exp.float(2.5)), int(2)), exp.eq(ceil(exp.float(2.5)), exp.float(3))),
    extremes: exp.and(exp.eq(exp.min(int(3), int(1)), int(1)), exp.eq(exp.max(int(3), int(1)), int(3)), exp.eq(abs(int(-3)), int(3))),
    integerBits: exp.and(exp.eq(exp.intAnd(exp.binInt('i'), int(5)), int(5)), exp.eq(exp.intOr(int(1), int(4)), int(5)), exp.eq(exp.intXor(int(7), int(2)), int(5)), exp.eq(lshift(int(1), int(4)), int(16)), exp.eq(rshift(int(16), int(4)), int(1)), exp.eq(bitCount(int(7)), int(3))),
    text: exp.and(exp.eq(exp.binStr('s'), exp.str('hello')), exp.cmpRegex(Aerospike.regex.ICASE, 'H.*O', exp.binStr('s'))),
    geometry: exp.cmpGeo(exp.binGeo('g'), exp.geo(new Aerospike.GeoJSON({ type: 'AeroCircle', coordinates: [[8.5, 47.3], 1000] }))),
    existence: exp.and(exp.binExists('i'), exp.not(exp.binExists('nosuch')), exp.keyExist(), exp.eq(exp.binType('s'), int(3))),
    metadata: exp.and(exp.eq(exp.keyStr(), exp.str('expressions')), exp.gt(exp.ttl(), int(900)), exp.gt(exp.recordSize(), int(0)), exp.ge(exp.sinceUpdate(), int(0)), exp.gt(exp.voidTime(), int(0)), exp.gt(exp.lastUpdate(), int(0))),
    lists: exp.and(exp.eq(exp.lists.size(exp.binList('l')), int(3)), exp.eq(exp.lists.getByRank(exp.binList('l'), int(-1), exp.type.INT, lists.returnType.VALUE), int(3)), exp.eq(exp.lists.getByValue(exp.binList('l'), int(1), lists.returnType.COUNT), int(1))),
    maps: exp.and(exp.eq(exp.maps.size(exp.binMap('m')), int(2)), exp.eq(exp.maps.getByKey(exp.binMap('m'), exp.str('b'), exp.type.INT, maps.returnType.VALUE), int(2))),
    blobs: exp.and(exp.eq(exp.bit.count(exp.binBlob('b'), int(16), int(0)), int(5)), exp.eq(exp.bit.getInt(exp.binBlob('b'), false, int(8), int(8)), int(1))),
    sketches: exp.and(exp.eq(exp.hll.getCount(exp.binHll('h')), int(2)), exp.eq(exp.hll.mayContain(exp.binHll('h'), exp.list(['x'])), int(1))),
    variables: exp.let(exp.def('x', exp.add(exp.binInt('i'), int(3))), exp.eq(exp.var('x'), int(10))),
    conditions: exp.eq(exp.cond(exp.gt(exp.binInt('i'), int(5)), exp.str('big'), exp.str('small')), exp.str('big'))
  }
  for (const [name, filter] of Object.entries(yes)) {
    await matches(filter).catch((e) => { throw new Error(name + ' does not match: ' + e.stack) })
    await failsWith(status.FILTERED_OUT, matches(exp.not(filter)))
  }
  const ops = exp.operations
  const got = (await client.operate(k, [
    ops.write('w', exp.add(exp.binInt('i'), int(1)), exp.expWriteFlags.DEFAULT),
    ops.read('r', exp.mul(exp.binInt('w'), int(2)), exp.expReadFlags.DEFAULT),
    ops.read('l2', exp.lists.append(exp.binList('l'), int(9)), exp.expReadFlags.DEFAULT),
    ops.read('m2', exp.maps.put(exp.binMap('m'), int(3), exp.str('c')), exp.expReadFlags.DEFAULT),
    ops.read('b2', exp.bit.lShift(exp.binBlob('b'), int(1), int(8), int(0)), exp.expReadFlags.DEFAULT),
    ops.read('u', exp.unknown(), exp.expReadFlags.EVAL_NO_FAIL)
  ])).bins
  assert.strictEqual(got.r, 16)
  assert.deepStrictEqual(got.l2, [3, 1, 2, 9])
  assert.deepStrictEqual(got.m2, { a: 1, b: 2, c: 3 })
  assert.deepStrictEqual([...got.b2], [0x1e, 1])
  assert.strictEqual((await client.get(k)).bins.w, 8)
  await failsWith(status.ERR_OP_NOT_APPLICABLE, client.operate(k, [ops.read('u', exp.unknown(), exp.expReadFlags.DEFAULT)]))
  assert.strictEqual(client.expressionToBase64(exp.eq(exp.binInt('bin1'), int(6))), 'kwGTUQKkYmluMQY=')
  await client.remove(k)
}
