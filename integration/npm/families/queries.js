// Indexes of every type and form, queries by them, pages, and what queries do in the background.
'use strict'
const Aerospike = require('aerospike')
const { failsWith, records, numbers } = require('./outcome')
const assert = require('assert')
const { filter, indexDataType: type, indexType: form, operations: op, status, exp } = Aerospike

const total = 100
const upTo = (n, step = 1, from = 0) => Array.from({ length: Math.ceil((n - from) / step) }, (_, i) => from + i * step)

async function index (client, namespace, set, options) {
  const name = `${set}-${options.bin || 'exp'}-${options.datatype}-${options.type || 0}`
  const job = await client.createIndex({ ns: namespace, set, index: name, ...options })
  await job.wait(10)
  return name
}

module.exports = async ({ client, namespace, set: all, module }) => {
  const set = all + '-q'
  const key = (user) => new Aerospike.Key(namespace, set, user)
  const point = (i) => new Aerospike.GeoJSON({ type: 'Point', coordinates: [i + 0.5, 10] })
  const region = (i) => new Aerospike.GeoJSON({ type: 'Polygon', coordinates: [[[i, 0], [i + 1, 0], [i + 1, 1], [i, 1], [i, 0]]] })
  for (const i of upTo(total)) {
    await client.put(key(i), {
      n: i, s: 's' + i % 10, b: Buffer.from([i % 7]), g: point(i), r: region(i), l: [i, i + 1], ls: ['x', 'y' + i % 4], m: { ['k' + i % 5]: i }, ms: { a: 'v' + i % 3 }, d: { in: [i] }
    })
  }
  const deep = new Aerospike.cdt.Context().addMapKey('in')
  const names = []
  for (const options of [
    { bin: 'n', datatype: type.NUMERIC }, { bin: 's', datatype: type.STRING }, { bin: 'b', datatype: type.BLOB }, { bin: 'g', datatype: type.GEO2DSPHERE }, { bin: 'r', datatype: type.GEO2DSPHERE },
    { bin: 'l', datatype: type.NUMERIC, type: form.LIST }, { bin: 'ls', datatype: type.STRING, type: form.LIST },
    { bin: 'm', datatype: type.STRING, type: form.MAPKEYS }, { bin: 'm', datatype: type.NUMERIC, type: form.MAPVALUES }, { bin: 'ms', datatype: type.STRING, type: form.MAPVALUES },
    { bin: 'd', datatype: type.NUMERIC, type: form.LIST, context: deep }
  ]) names.push(await index(client, namespace, set, options))

  const find = async (f, options = {}) => numbers(await records(client.query(namespace, set, { filters: f ? [f] : [], ...options }).foreach()))
  for (const [f, want] of [
    [filter.equal('n', 7), [7]],
    [filter.range('n', 10, 19), upTo(20, 1, 10)],
    [filter.equal('s', 's3'), upTo(total, 10, 3)],
    [filter.equal('b', Buffer.from([2])), upTo(total, 7, 2)],
    [filter.geoWithinRadius('g', 20.5, 10, 1000), [20]],
    [filter.geoWithinGeoJSONRegion('g', { type: 'Polygon', coordinates: [[[30, 9], [33, 9], [33, 11], [30, 11], [30, 9]]] }), [30, 31, 32]],
    [filter.geoContainsPoint('r', 40.5, 0.5), [40]],
    [filter.geoContainsGeoJSONPoint('r', { type: 'Point', coordinates: [50.5, 0.5] }), [50]],
    [filter.contains('l', 7, form.LIST), [6, 7]],
    [filter.range('l', 50, 60, form.LIST), upTo(61, 1, 49)],
    [filter.contains('ls', 'y1', form.LIST), upTo(total, 4, 1)],
    [filter.contains('m', 'k2', form.MAPKEYS), upTo(total, 5, 2)],
    [filter.contains('m', 42, form.MAPVALUES), [42]],
    [filter.range('m', 3, 5, form.MAPVALUES), [3, 4, 5]],
    [filter.contains('ms', 'v1', form.MAPVALUES), upTo(total, 3, 1)],
    [filter.contains('d', 9, form.LIST, deep), [9]],
    [null, upTo(total)]
  ]) assert.deepStrictEqual(await find(f), want, JSON.stringify(f))

  const odd = exp.eq(exp.intAnd(exp.binInt('n'), exp.int(1)), exp.int(1))
  const query = client.query(namespace, set, { filters: [filter.range('n', 10, 19)] })
  assert.deepStrictEqual(numbers(await records(query.foreach(new Aerospike.QueryPolicy({ filterExpression: odd })))), [11, 13, 15, 17, 19])
  await failsWith(status.ERR_INDEX_NOT_FOUND, records(client.query(namespace, set, { filters: [filter.equal('nosuch', 1)] }).foreach(new Aerospike.QueryPolicy({ maxRetries: 0 }))))

  // Pages of a scan and of a query, each from where the last ended.
  for (const options of [{ paginate: true, maxRecords: 30 }, { paginate: true, maxRecords: 30, filters: [filter.range('n', 0, total)] }]) {
    const paged = client.query(namespace, set, options)
    const seen = []
    for (let pages = 0; pages < 50; pages++) {
      seen.push(...await paged.results())
      if (!paged.hasNextPage()) break
    }
    assert.deepStrictEqual(numbers(seen), upTo(total))
  }
  const scan = client.scan(namespace, set, { concurrent: true })
  scan.select('n')
  assert.deepStrictEqual(numbers(await records(scan.foreach())), upTo(total))
  const half = client.scan(namespace, set)
  half.partitions(0, 2048)
  const rest = client.scan(namespace, set)
  rest.partitions(2048, 2048)
  assert.deepStrictEqual(numbers([...await half.results(), ...await rest.results()]), upTo(total))

  // In the background.
  await (await client.scan(namespace, set).operate([op.incr('n', 1000)])).waitUntilDone()
  assert.deepStrictEqual(await find(filter.range('n', 1000, 1003)), [1000, 1001, 1002, 1003])
  const some = client.query(namespace, set, { filters: [filter.range('n', 1000, 1009)] })
  await (await some.operate([op.incr('n', -1000)])).waitUntilDone()
  assert.deepStrictEqual(await find(filter.range('n', 0, 99)), upTo(10))
  await (await client.scan(namespace, set).background(module, 'add', ['n', 5000])).waitUntilDone()
  assert.deepStrictEqual(await find(filter.range('n', 5000, 5009)), upTo(5010, 1, 5000))
  await (await client.query(namespace, set, { filters: [filter.range('n', 5000, 5009)] }).background(module, 'add', ['n', -5000])).waitUntilDone()
  assert.deepStrictEqual(await find(filter.range('n', 0, 99)), upTo(10))

  assert.strictEqual(await client.query(namespace, set, { filters: [filter.range('n', 0, 9)] }).apply(module, 'sum', ['n']), 45)

  for (const name of names) await client.indexRemove(namespace, name)
  await client.truncate(namespace, set, 0)
}
