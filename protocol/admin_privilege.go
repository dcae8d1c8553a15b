package protocol

import (
	"fmt"
	"strconv"
)

// A PrivilegeCode is a kind of privilege (wire-core.md 9).
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

// check reports a scope that the privilege can't have.
func (p *Privilege) check() error {
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

func checkPrivileges(list []Privilege) error {
	if len(list) > maxAdminFields {
		return fmt.Errorf("%d privileges, at most %d are possible in one command", len(list), maxAdminFields)
	}
	for i := range list {
		if err := list[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func privilegesField(list []Privilege) AdminField {
	data := []byte{byte(len(list))}
	for _, p := range list {
		data = append(data, byte(p.Code))
		if p.Code.Scoped() {
			data = append(append(data, byte(len(p.Namespace))), p.Namespace...)
			data = append(append(data, byte(len(p.Set))), p.Set...)
		}
	}
	return AdminField{AdminFieldPrivileges, data}
}

// ParsePrivileges reads the data of a field of privileges. Codes that this version does not know are taken over
// with the scope that their number says they have.
func ParsePrivileges(data []byte) ([]Privilege, error) {
	rd := reader{buf: data}
	n := rd.count(int(rd.u8("number of privileges")), 1, "privileges")
	list := make([]Privilege, 0, n)
	for range n {
		p := Privilege{Code: PrivilegeCode(rd.u8("privilege"))}
		if p.Code.Scoped() {
			p.Namespace = string(rd.take(int(rd.u8("length of a namespace")), "namespace of a privilege"))
			p.Set = string(rd.take(int(rd.u8("length of a set")), "set of a privilege"))
		}
		list = append(list, p)
	}
	return list, rd.end("privileges")
}
