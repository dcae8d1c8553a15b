package protocol

import (
	"fmt"
	"strconv"
)

// A PrivilegeCode is a kind of privilege.
type PrivilegeCode uint8

// The privileges. Those below PrivilegeRead are for the whole cluster, the others may be for a namespace or
// a set. UDFAdmin, SIndexAdmin and Truncate need server 6.0.
const (
	PrivilegeUserAdmin    PrivilegeCode = 0  // users and roles
	PrivilegeSysAdmin     PrivilegeCode = 1  // configuration and nodes, and all of DataAdmin
	PrivilegeDataAdmin    PrivilegeCode = 2  // indexes, user-defined functions, queries under way, truncation
	PrivilegeUDFAdmin     PrivilegeCode = 3  // user-defined functions
	PrivilegeSIndexAdmin  PrivilegeCode = 4  // secondary indexes
	PrivilegeRead         PrivilegeCode = 10 // read records
	PrivilegeReadWrite    PrivilegeCode = 11 // read and write records
	PrivilegeReadWriteUDF PrivilegeCode = 12 // read and write records, also by user-defined functions
	PrivilegeWrite        PrivilegeCode = 13 // write records
	PrivilegeTruncate     PrivilegeCode = 14 // truncate sets and namespaces
)

var privilegeNames = map[PrivilegeCode]string{
	PrivilegeUserAdmin: "user-admin", PrivilegeSysAdmin: "sys-admin", PrivilegeDataAdmin: "data-admin", PrivilegeUDFAdmin: "udf-admin",
	PrivilegeSIndexAdmin: "sindex-admin", PrivilegeRead: "read", PrivilegeReadWrite: "read-write",
	PrivilegeReadWriteUDF: "read-write-udf", PrivilegeWrite: "write", PrivilegeTruncate: "truncate",
}

// String returns the privilege's name in the words of Aerospike's tools, with the number for one that
// this version does not know.
func (c PrivilegeCode) String() string {
	if name, ok := privilegeNames[c]; ok {
		return name
	}
	return "privilege-" + strconv.Itoa(int(c))
}

// Known reports whether this version knows the privilege.
func (c PrivilegeCode) Known() bool { return privilegeNames[c] != "" }

// Scoped reports whether the privilege may be for a namespace or set.
func (c PrivilegeCode) Scoped() bool { return c >= PrivilegeRead }

// A Privilege allows something, everywhere or within its scope.
type Privilege struct {
	Code PrivilegeCode
	// Namespace is the scope of a privilege that has one; "" is everywhere.
	Namespace string
	// Set narrows the scope to a set of the namespace; "" is all of it.
	Set string
}

// String returns the privilege as Aerospike's tools write it: read, read.test or read.test.demo.
func (p Privilege) String() string {
	text := p.Code.String()
	if p.Namespace != "" {
		text += "." + p.Namespace
	}
	if p.Set != "" {
		text += "." + p.Set
	}
	return text
}

// Check reports a scope that the privilege can't have.
func (p *Privilege) Check() error {
	switch {
	case !p.Code.Scoped() && (p.Namespace != "" || p.Set != ""):
		return fmt.Errorf("privilege %v is for the whole cluster, it can't have the scope %q %q", p.Code, p.Namespace, p.Set)
	case p.Set != "" && p.Namespace == "":
		return fmt.Errorf("privilege %v for set %q needs the set's namespace", p.Code, p.Set)
	case len(p.Namespace) > MaxNamespaceLen || len(p.Set) > MaxSetLen:
		return fmt.Errorf("privilege %v: a namespace has at most %d bytes, a set %d", p.Code, MaxNamespaceLen, MaxSetLen)
	}
	return nil
}
