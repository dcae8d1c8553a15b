// Package access is the inside of the server's security: who the users are, what
// their roles allow them, from where and how often. It is pure: no sockets, and the
// time is its caller's.
//
// A [Directory] holds users and roles and answers the commands about them. [Rights] is
// what a user may do, as one immutable value that is replaced when users or roles change; a
// [Sessions] gives out tokens and recognises them; a [Meter] counts what a user does at one node
// and keeps it within the quotas.
//
// Commands, roles and codes are those of docs/wire-core.md#9 and of Aerospike's documentation of access control, as the
// source of the Enterprise Edition is not public. Where these leave a question open, the stricter
// answer is taken.
package access
