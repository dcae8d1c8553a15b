// The C client as a peer: writes what Go reads, reads what Go wrote, and runs each family of
// commands. Arguments: host:port, namespace, set. Speaks JSON lines: one object an outcome.
'use strict'
const Aerospike = require('aerospike')
const assert = require('assert')
const [addr, namespace, set] = process.argv.slice(2)
const op = Aerospike.operations
const key = (user) => new Aerospike.Key(namespace, set, user)

// values by the name of their key; peer_npm_test.go has the same table
const point = '{"type":"Point","coordinates":[8.5,47.3]}'
const values = {
  integer: 42,
  float: new Aerospike.Double(-0.125),
  string: 'Grüße, 世界',
  blob: Buffer.from([0, 1, 255]),
  boolean: true,
  geojson: new Aerospike.GeoJSON(point),
  list: [1, 'two', [3, null]],
  map: { k: [1], m: { x: 'y' } }
}

const plain = (v) => v instanceof Aerospike.Double ? v.value() : v

async function exchange (client) {
  for (const [name, value] of Object.entries(values)) {
    await client.put(key('npm-' + name), { v: value })
    const rec = await client.get(key('go-' + name))
    const want = name === 'geojson' ? point : plain(value)
    const got = name === 'geojson' ? rec.bins.v.toString() : plain(rec.bins.v)
    assert.deepStrictEqual(got, want, name)
  }
}

async function commands (client) {
  const k = key('commands')
  await client.put(k, { n: 1, s: 'x' })
  const rec = await client.operate(k, [op.incr('n', 41), op.append('s', 'y'), op.read('n'), op.read('s')])
  assert.deepStrictEqual(rec.bins, { n: 42, s: 'xy' })
  await client.operate(k, [op.touch(100)])
  assert.strictEqual(await client.exists(k), true)
  const batch = await client.batchRead([{ key: k, readAllBins: true }, { key: key('missing'), readAllBins: true }])
  assert.strictEqual(batch[0].status, Aerospike.status.OK)
  assert.strictEqual(batch[1].status, Aerospike.status.ERR_RECORD_NOT_FOUND)
  const type = Aerospike.batchType
  const written = await client.batchWrite([
    { type: type.BATCH_WRITE, key: key('b1'), ops: [op.write('n', 1)] },
    { type: type.BATCH_WRITE, key: key('b2'), ops: [op.write('n', 2)] },
    { type: type.BATCH_REMOVE, key: k }
  ])
  assert.deepStrictEqual(written.map((r) => r.status), [0, 0, 0])
  await assert.rejects(client.get(k), (e) => e.code === Aerospike.status.ERR_RECORD_NOT_FOUND)
  await client.remove(key('b1'))
}

async function scan (client) {
  let n = 0
  const stream = client.scan(namespace, set).foreach()
  await new Promise((resolve, reject) => {
    stream.on('data', () => n++)
    stream.on('error', reject)
    stream.on('end', resolve)
  })
  return n
}

async function main () {
  const client = await Aerospike.connect({ hosts: addr, log: { level: Aerospike.log.OFF } })
  try {
    await exchange(client)
    await commands(client)
    console.log(JSON.stringify({ scanned: await scan(client) }))
  } finally {
    client.close()
  }
}
main().catch((e) => { console.error(e); process.exit(1) })
