package protocol

import (
	"fmt"
	"strconv"
)

// A PrivilegeCode is a kind of privilege: PrivilegeUserAdmin, PrivilegeSysAdmin,
// PrivilegeDataAdmin, PrivilegeUDFAdmin, PrivilegeSIndexAdmin, PrivilegeRead, PrivilegeReadWrite,
// PrivilegeReadWriteUDF, PrivilegeWrite or PrivilegeTruncate.
type PrivilegeCode uint8

// The privileges. Those below PrivilegeRead apply to the whole cluster; the others can be limited
// to a namespace or a set. PrivilegeUDFAdmin, PrivilegeSIndexAdmin and PrivilegeTruncate need
// server 6.0.
const (
	PrivilegeUserAdmin    PrivilegeCode = 0  // users and roles
	PrivilegeSysAdmin     PrivilegeCode = 1  // configuration and nodes; includes PrivilegeDataAdmin
	PrivilegeDataAdmin    PrivilegeCode = 2  // indexes, user-defined functions, running queries, truncation
	PrivilegeUDFAdmin     PrivilegeCode = 3  // user-defined functions
	PrivilegeSIndexAdmin  PrivilegeCode = 4  // secondary indexes
	PrivilegeRead         PrivilegeCode = 10 // read records
	PrivilegeReadWrite    PrivilegeCode = 11 // read and write records
	PrivilegeReadWriteUDF PrivilegeCode = 12 // read and write records, and call user-defined functions on them
	PrivilegeWrite        PrivilegeCode = 13 // write records
	PrivilegeTruncate     PrivilegeCode = 14 // truncate sets and namespaces
)

var privilegeNames = map[PrivilegeCode]string{
	PrivilegeUserAdmin: "user-admin", PrivilegeSysAdmin: "sys-admin", PrivilegeDataAdmin: "data-admin", PrivilegeUDFAdmin: "udf-admin",
	PrivilegeSIndexAdmin: "sindex-admin", PrivilegeRead: "read", PrivilegeReadWrite: "read-write",
	PrivilegeReadWriteUDF: "read-write-udf", PrivilegeWrite: "write", PrivilegeTruncate: "truncate",
}

// String returns the name that Aerospike's tools use, such as "read-write". For an unknown
// privilege the name contains the number.
func (c PrivilegeCode) String() string {
	if name, ok := privilegeNames[c]; ok {
		return name
	}
	return "privilege-" + strconv.Itoa(int(c))
}

// Known reports whether the privilege is one of the constants.
func (c PrivilegeCode) Known() bool { return privilegeNames[c] != "" }

// Scoped reports whether the privilege can be limited to a namespace or a set.
func (c PrivilegeCode) Scoped() bool { return c >= PrivilegeRead }

// A Privilege is a privilege with its scope.
type Privilege struct {
	Code PrivilegeCode
	// Namespace limits the privilege to a namespace; "" means all namespaces.
	Namespace string
	// Set limits the privilege to a set of the namespace; "" means all sets.
	Set string
}

// String returns the form that Aerospike's tools use: read, read.test or read.test.demo.
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

// Check returns an error if the privilege can't have its scope.
func (p *Privilege) Check() error {
	switch {
	case !p.Code.Scoped() && (p.Namespace != "" || p.Set != ""):
		return fmt.Errorf("privilege %v applies to the whole cluster, it can't have the scope %q %q", p.Code, p.Namespace, p.Set)
	case p.Set != "" && p.Namespace == "":
		return fmt.Errorf("privilege %v for set %q needs the namespace of the set", p.Code, p.Set)
	case len(p.Namespace) > MaxNamespaceLen || len(p.Set) > MaxSetLen:
		return fmt.Errorf("privilege %v: a namespace has at most %d bytes, a set %d", p.Code, MaxNamespaceLen, MaxSetLen)
	}
	return nil
}
