// The C client, through npm's aerospike, as a peer: runs the families of commands that are named and prints a JSON line for
// each, {"family": ..., "error": null or text}. The argument is a JSON object: addr, namespace, set, families, user, password.
'use strict'
const Aerospike = require('aerospike')

const want = JSON.parse(process.argv[2])

async function main () {
  const config = {
    hosts: want.addr,
    log: { level: Aerospike.log.OFF },
    maxConnsPerNode: 50,
    modlua: { userPath: want.folder }
  }
  if (want.user) Object.assign(config, { user: want.user, password: want.password })
  const client = await Aerospike.connect(config)
  const on = {
    ...want,
    client,
    key: (user) => new Aerospike.Key(want.namespace, want.set, user),
    connect: (user, password) => Aerospike.connect({ ...config, user, password })
  }
  let failed = false
  try {
    for (const family of want.families) {
      let error = null
      try {
        await require('./families/' + family)(on)
      } catch (e) {
        error = e.stack || String(e)
        failed = true
      }
      console.log(JSON.stringify({ family, error }))
    }
  } finally {
    client.close()
  }
  process.exitCode = failed ? 1 : 0
}
main().catch((e) => { console.error(e); process.exit(2) })
