package wire

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// NewCreateRole returns the request to create a role.
func NewCreateRole(r protocol.Role) AdminRequest {
	fields := []AdminField{textField(AdminFieldRole, r.Name)}
	if len(r.Privileges) > 0 {
		fields = append(fields, privilegesField(r.Privileges))
	}
	if len(r.Allowlist) > 0 {
		fields = append(fields, allowlistField(r.Allowlist))
	}
	if r.ReadQuota > 0 {
		fields = append(fields, u32Field(AdminFieldReadQuota, r.ReadQuota))
	}
	if r.WriteQuota > 0 {
		fields = append(fields, u32Field(AdminFieldWriteQuota, r.WriteQuota))
	}
	return newAdminRequest(AdminCreateRole, fields, checkName("role", r.Name), protocol.CheckNewName("role", r.Name), checkPrivileges(r.Privileges), checkAddresses(r.Allowlist))
}

// NewDropRole returns the request to remove a role.
func NewDropRole(name string) AdminRequest {
	return newAdminRequest(AdminDropRole, []AdminField{textField(AdminFieldRole, name)}, checkName("role", name))
}

// NewGrantPrivileges returns the request to add privileges, at least one, to a role.
func NewGrantPrivileges(role string, privileges []protocol.Privilege) AdminRequest {
	return changePrivileges(AdminGrantPrivileges, role, privileges)
}

// NewRevokePrivileges returns the request to remove privileges, at least one, from a role.
func NewRevokePrivileges(role string, privileges []protocol.Privilege) AdminRequest {
	return changePrivileges(AdminRevokePrivileges, role, privileges)
}

func changePrivileges(c AdminCommand, role string, privileges []protocol.Privilege) AdminRequest {
	fields := []AdminField{textField(AdminFieldRole, role), privilegesField(privileges)}
	return newAdminRequest(c, fields, checkName("role", role), checkSome("privilege", len(privileges)), checkPrivileges(privileges))
}

// NewSetAllowlist returns the request to set the addresses from which users with a role may
// connect. If there are none the users may connect from anywhere.
func NewSetAllowlist(role string, addresses []string) AdminRequest {
	fields := []AdminField{textField(AdminFieldRole, role)}
	if len(addresses) > 0 {
		fields = append(fields, allowlistField(addresses))
	}
	return newAdminRequest(AdminSetAllowlist, fields, checkName("role", role), checkAddresses(addresses))
}

// NewSetQuotas returns the request to set the quotas of a role, in records per second; 0 means no
// limit.
func NewSetQuotas(role string, read, write uint32) AdminRequest {
	fields := []AdminField{textField(AdminFieldRole, role), u32Field(AdminFieldReadQuota, read), u32Field(AdminFieldWriteQuota, write)}
	return newAdminRequest(AdminSetQuotas, fields, checkName("role", role))
}

// NewQueryRoles returns the request to list a role, or all roles if the name is "".
func NewQueryRoles(name string) AdminRequest {
	if name == "" {
		return newAdminRequest(AdminQueryRoles, nil)
	}
	return newAdminRequest(AdminQueryRoles, []AdminField{textField(AdminFieldRole, name)}, checkName("role", name))
}

func allowlistField(addresses []string) AdminField {
	return textField(AdminFieldAllowlist, strings.Join(addresses, ","))
}

func checkSome(what string, n int) error {
	if n == 0 {
		return fmt.Errorf("at least one %s is needed", what)
	}
	return nil
}

// RoleEntry returns a role as an entry of a response.
func RoleEntry(r *protocol.Role) AdminEntry {
	fields := []AdminField{textField(AdminFieldRole, r.Name), privilegesField(r.Privileges)}
	if len(r.Allowlist) > 0 {
		fields = append(fields, allowlistField(r.Allowlist))
	}
	fields = append(fields, u32Field(AdminFieldReadQuota, r.ReadQuota), u32Field(AdminFieldWriteQuota, r.WriteQuota))
	return AdminEntry{Fields: fields}
}

// ParseRole parses the fields of a role in a response or in the request to create one. It ignores
// other fields. Errors wrap [protocol.ErrMalformed].
func ParseRole(fields []AdminField) (r protocol.Role, err error) {
	for _, f := range fields {
		switch f.ID {
		case AdminFieldRole:
			r.Name = string(f.Data)
		case AdminFieldPrivileges:
			r.Privileges, err = ParsePrivileges(f.Data)
		case AdminFieldAllowlist:
			r.Allowlist = splitAddresses(f.Data)
		case AdminFieldReadQuota:
			r.ReadQuota, err = f.u32()
		case AdminFieldWriteQuota:
			r.WriteQuota, err = f.u32()
		}
		if err != nil {
			return protocol.Role{}, err
		}
	}
	return r, nil
}

// ParseRoles parses the body of one message of the response to [NewQueryRoles]. The result is OK if
// more messages follow, [protocol.SecurityQueryEnd] after the last role, and any other code if the
// request failed. Errors wrap [protocol.ErrMalformed].
func ParseRoles(body []byte) ([]protocol.Role, protocol.ResultCode, error) {
	return parseEntries(body, AdminFieldRole, ParseRole)
}

// parseEntries parses one message of a response with entries that have names.
func parseEntries[T any](body []byte, name AdminFieldID, parse func([]AdminField) (T, error)) (list []T, result protocol.ResultCode, err error) {
	if len(body) == 0 {
		return nil, protocol.OK, fmt.Errorf("%w: an admin response without an entry", protocol.ErrMalformed)
	}
	for len(body) > 0 {
		var e AdminEntry
		if e, body, err = ParseAdminEntry(body); err != nil {
			return nil, protocol.OK, err
		}
		if e.Result != protocol.OK {
			if len(body) > 0 {
				err = fmt.Errorf("%w: %d bytes after the end of an admin response", protocol.ErrMalformed, len(body))
			}
			return list, e.Result, err
		}
		if text, _ := findAdminField(e.Fields, name); len(text) == 0 {
			return nil, protocol.OK, fmt.Errorf("%w: an entry without a %v", protocol.ErrMalformed, name)
		}
		item, err := parse(e.Fields)
		if err != nil {
			return nil, protocol.OK, err
		}
		list = append(list, item)
	}
	return list, protocol.OK, nil
}
