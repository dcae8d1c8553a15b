// User-defined functions: registered, called, removed.
'use strict'
const Aerospike = require('aerospike')
const { failsWith } = require('./outcome')
const fs = require('fs')
const path = require('path')
const assert = require('assert')
const { status } = Aerospike

module.exports = async ({ client, key, module, folder }) => {
  const own = path.join(folder, module + 'b.lua')
  fs.writeFileSync(own, 'function give(rec, ...) return list {...} end\n')
  await (await client.udfRegister(own)).wait(10)
  const k = key('functions')
  await client.put(k, { n: 1 })
  const apply = (funcname, args, from = module) => client.apply(k, { module: from, funcname, args })
  assert.strictEqual(await apply('add', ['n', 4]), 5)
  assert.strictEqual((await client.get(k)).bins.n, 5)
  const values = [1, 'a', [1, [2]], { k: 'v' }, Buffer.from([1, 2])]
  assert.deepStrictEqual(await apply('give', values, module + 'b'), values)
  await assert.rejects(apply('fail', []), (e) => e.code === status.ERR_UDF && /attempt to index a nil value/.test(e.message))
  await failsWith(status.ERR_UDF, apply('nosuch', []))
  assert.ok((await client.infoAny('udf-list')).includes(`filename=${module}b.lua,`))
  await (await client.udfRemove(module + 'b.lua')).wait(10)
  await failsWith(status.ERR_UDF, apply('give', [], module + 'b'))
  await client.remove(k)
}
