package access

import (
	"math/bits"

	"github.com/aerosql/aerosql/protocol"
)

// A Permission is a set of permissions (as_sec_perm). Each command needs one or more.
type Permission uint32

// The permissions.
const (
	Read Permission = 1 << iota
	Query
	Write
	Delete
	UDFApply
	UDFQuery // aggregations and background UDFs
	OpsQuery // background operations
	UDFAdmin
	SIndexAdmin
	QueryAdmin
	Truncate
	EvictAdmin
	RecordInfo
	SetConfig
	LoggingControl
	ServiceControl
	XDRSetFilter
	MaskingAdmin
	UserAdmin
)

var permissionNames = [...]string{
	"read", "query", "write", "delete", "udf-apply", "udf-query", "ops-query", "udf-admin", "sindex-admin", "query-admin", "truncate",
	"evict-admin", "record-info", "set-config", "logging-ctrl", "service-ctrl", "xdr-set-filter", "masking-admin", "user-admin",
}

// String returns the server's name of the permission, or "none" for 0. If p has several permissions
// it returns the name of the first.
func (p Permission) String() string {
	if p == 0 {
		return "none"
	}
	return permissionNames[bits.TrailingZeros32(uint32(p))]
}

const (
	reading    = Read | Query
	writing    = Write | Delete | OpsQuery
	byFunction = UDFApply | UDFQuery
	ofData     = UDFAdmin | SIndexAdmin | QueryAdmin | Truncate | EvictAdmin | RecordInfo
	ofSystem   = SetConfig | LoggingControl | ServiceControl | XDRSetFilter | MaskingAdmin
)

// granted maps each privilege to its permissions.
var granted = map[protocol.PrivilegeCode]Permission{
	protocol.PrivilegeUserAdmin:    UserAdmin,
	protocol.PrivilegeSysAdmin:     ofSystem | ofData,
	protocol.PrivilegeDataAdmin:    ofData,
	protocol.PrivilegeUDFAdmin:     UDFAdmin,
	protocol.PrivilegeSIndexAdmin:  SIndexAdmin,
	protocol.PrivilegeRead:         reading,
	protocol.PrivilegeReadWrite:    reading | writing,
	protocol.PrivilegeReadWriteUDF: reading | writing | byFunction,
	protocol.PrivilegeWrite:        writing,
	protocol.PrivilegeTruncate:     Truncate,
}

// predefined returns the roles that every cluster has. They cannot be changed.
func predefined() map[string]*protocol.Role {
	roles := make(map[string]*protocol.Role)
	for code := range granted {
		roles[code.String()] = &protocol.Role{Name: code.String(), Privileges: []protocol.Privilege{{Code: code}}}
	}
	roles["superuser"] = &protocol.Role{Name: "superuser", Privileges: []protocol.Privilege{
		{Code: protocol.PrivilegeUserAdmin}, {Code: protocol.PrivilegeSysAdmin}, {Code: protocol.PrivilegeReadWriteUDF},
	}}
	return roles
}
