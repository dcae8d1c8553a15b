// Values: what Go wrote is read, and what Go reads is written.
'use strict'
const Aerospike = require('aerospike')
const assert = require('assert')

// by the name of their key; peer_npm_test.go has the same table
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

module.exports = async ({ client, key }) => {
  for (const [name, value] of Object.entries(values)) {
    await client.put(key('npm-' + name), { v: value })
    const rec = await client.get(key('go-' + name))
    const want = name === 'geojson' ? point : plain(value)
    const got = name === 'geojson' ? rec.bins.v.toString() : plain(rec.bins.v)
    assert.deepStrictEqual(got, want, name)
  }
}
