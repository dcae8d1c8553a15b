'use strict'
const assert = require('assert')

// failsWith holds that a command is refused with a code.
exports.failsWith = (code, promise) => assert.rejects(promise, (e) => {
  assert.strictEqual(e.code, code, e.stack)
  return true
})

// records collects what a scan or query sends.
exports.records = (stream) => new Promise((resolve, reject) => {
  const all = []
  stream.on('data', (rec) => all.push(rec))
  stream.on('error', reject)
  stream.on('end', () => resolve(all))
})

// sorted is a list whose order says nothing, in one that can be compared; other values stay as they are.
exports.sorted = (value) => Array.isArray(value) ? [...value].sort() : value

// numbers are the bins n of records, sorted.
exports.numbers = (records) => records.map((rec) => rec.bins.n).sort((a, b) => a - b)
