// Users, roles, privileges and quotas (Enterprise, with security). The client is logged in as an administrator.
'use strict'
const Aerospike = require('aerospike')
const { failsWith } = require('./outcome')
const assert = require('assert')
const { privilegeCode, status, admin } = Aerospike

// Changes reach all nodes a little later.
const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

module.exports = async ({ client, connect, namespace, set, key }) => {
  const reader = new admin.Privilege(privilegeCode.READ, { namespace, set })
  await client.createRole('npm-reader', [reader])
  await client.grantPrivileges('npm-reader', [new admin.Privilege(privilegeCode.SYS_ADMIN)])
  await client.revokePrivileges('npm-reader', [new admin.Privilege(privilegeCode.SYS_ADMIN)])
  await client.setQuotas('npm-reader', 1000, 500)
  await client.setWhitelist('npm-reader', ['127.0.0.1'])
  await pause()
  const role = await client.queryRole('npm-reader')
  assert.deepStrictEqual([role.readQuota, role.writeQuota, role.whitelist], [1000, 500, ['127.0.0.1']])
  assert.deepStrictEqual(role.privileges.map((p) => [p.code, p.namespace, p.set]), [[privilegeCode.READ, namespace, set]])
  assert.ok((await client.queryRoles()).some((r) => r.name === 'npm-reader'))

  await client.createUser('npm-ada', 'first', ['npm-reader'])
  await client.grantRoles('npm-ada', ['write'])
  await client.revokeRoles('npm-ada', ['write'])
  await client.setPassword('npm-ada', 'second')
  await pause()
  const user = await client.queryUser('npm-ada')
  assert.deepStrictEqual(user.roles, ['npm-reader'])
  assert.ok((await client.queryUsers()).some((u) => u.name === 'npm-ada'))
  await assert.rejects(connect('npm-ada', 'first'))

  await client.put(key('secured'), { n: 1 })
  const ada = await connect('npm-ada', 'second')
  try {
    assert.strictEqual((await ada.get(key('secured'))).bins.n, 1)
    await failsWith(status.ROLE_VIOLATION, ada.put(key('secured'), { n: 2 }))
    await ada.changePassword('npm-ada', 'third')
  } finally {
    ada.close(false)
  }
  await failsWith(status.USER_ALREADY_EXISTS, client.createUser('npm-ada', 'x', []))
  await client.dropUser('npm-ada')
  await client.dropRole('npm-reader')
  await pause()
  await failsWith(status.INVALID_USER, client.queryUser('npm-ada'))
  await failsWith(status.INVALID_ROLE, client.queryRole('npm-reader'))
  await client.remove(key('secured'), new Aerospike.RemovePolicy({ durableDelete: true }))
}
