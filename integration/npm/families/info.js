// Info commands, nodes, statistics, truncation and the client's name.
'use strict'
const Aerospike = require('aerospike')
const { records } = require('./outcome')
const assert = require('assert')

module.exports = async ({ client, namespace, set: all, nodes }) => {
  const list = client.getNodes()
  if (nodes) assert.strictEqual(list.length, nodes)
  assert.ok((await client.infoAny('namespaces')).includes(namespace))
  const answers = await client.infoAll('status')
  assert.strictEqual(answers.length, list.length)
  for (const a of answers) assert.strictEqual(a.info, 'status\tok\n')
  assert.strictEqual((await client.infoNode('node', list[0])).trim(), 'node\t' + list[0].name)
  assert.strictEqual(client.isConnected(), true)
  const stats = client.stats()
  assert.strictEqual(stats.nodes.length, list.length)
  assert.ok(stats.nodes.every((node) => node.syncConnections.inPool >= 0 && node.asyncConnections.inPool >= 0))

  const set = all + '-t'
  await client.put(new Aerospike.Key(namespace, set, 1), { n: 1 })
  // A server keeps what was written in the millisecond of the truncation.
  await new Promise((resolve) => setTimeout(resolve, 3))
  await client.truncate(namespace, set, 0)
  assert.deepStrictEqual(await records(client.scan(namespace, set).foreach()), [])
  await assert.rejects(client.truncate(namespace, set, (Date.now() + 3600_000) * 1e6), (e) => /future/.test(e.message) || e.code === Aerospike.status.ERR_REQUEST_INVALID)
}
