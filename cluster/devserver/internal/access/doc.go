// Package access implements the server's access control: users, roles, what they allow, from which
// addresses and at which rate. It does no I/O; the caller passes the time.
//
// A [Directory] holds users and roles and implements the commands on them. [Rights] are what a user
// may do, an immutable value that is replaced when users or roles change. [Sessions] issues and
// checks tokens. A [Meter] counts a user's commands at one node and enforces quotas.
//
// The commands, roles and codes follow docs/wire-core.md#9 and Aerospike's documentation of access
// control, since the source of the Enterprise Edition is not public. Where these leave a question
// open this package chooses the stricter behavior.
package access
