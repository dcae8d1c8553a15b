package wire

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// An AdminFieldID is the id of a field of an administration message: one of the constants from
// AdminFieldUser to AdminFieldConnections.
type AdminFieldID uint8

// The fields.
const (
	AdminFieldUser          AdminFieldID = 0  // name of a user
	AdminFieldPassword      AdminFieldID = 1  // new credential of a user
	AdminFieldOldPassword   AdminFieldID = 2  // old credential of a user
	AdminFieldCredential    AdminFieldID = 3  // credential of a user that logs in
	AdminFieldClearPassword AdminFieldID = 4  // password for an external authority
	AdminFieldSessionToken  AdminFieldID = 5  // opaque bytes
	AdminFieldSessionTTL    AdminFieldID = 6  // seconds, in 4 bytes
	AdminFieldRoles         AdminFieldID = 10 // names of roles, each after its length
	AdminFieldRole          AdminFieldID = 11 // name of a role
	AdminFieldPrivileges    AdminFieldID = 12 // codes, with their scopes
	AdminFieldAllowlist     AdminFieldID = 13 // addresses, separated by commas
	AdminFieldReadQuota     AdminFieldID = 14 // records per second, in 4 bytes
	AdminFieldWriteQuota    AdminFieldID = 15 // records per second, in 4 bytes
	AdminFieldReadInfo      AdminFieldID = 16 // quota and load of a user's reads
	AdminFieldWriteInfo     AdminFieldID = 17 // quota and load of a user's writes
	AdminFieldConnections   AdminFieldID = 18 // number of a user's connections, in 4 bytes
)

var adminFieldNames = [...]string{
	0: "user", 1: "password", 2: "old-password", 3: "credential", 4: "clear-password", 5: "session-token", 6: "session-ttl",
	10: "roles", 11: "role", 12: "privileges", 13: "allowlist", 14: "read-quota", 15: "write-quota", 16: "read-info",
	17: "write-info", 18: "connections",
}

// String returns the name of the field, such as "session-token".
func (id AdminFieldID) String() string {
	if int(id) < len(adminFieldNames) && adminFieldNames[id] != "" {
		return adminFieldNames[id]
	}
	return "admin-field-" + strconv.Itoa(int(id))
}

// An AdminField is one field of an administration message in its encoded form.
type AdminField struct {
	ID   AdminFieldID
	Data []byte
}

// Format writes the name and the size of the field for all verbs. The data may be a secret.
func (f AdminField) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "%v(%d bytes)", f.ID, len(f.Data)) }

var _ fmt.Formatter = AdminField{}

func findAdminField(fields []AdminField, id AdminFieldID) (data []byte, ok bool) {
	for _, f := range fields {
		if f.ID == id {
			return f.Data, true
		}
	}
	return nil, false
}

// appendAdminFields sets the number of fields in the header, and appends the header and the fields.
func appendAdminFields(dst []byte, head [AdminHeaderSize]byte, fields []AdminField) ([]byte, error) {
	if len(fields) > maxAdminFields {
		return dst, fmt.Errorf("%w: an admin message with %d fields, at most %d are possible", protocol.ErrInvalidCommand, len(fields), maxAdminFields)
	}
	head[3] = byte(len(fields))
	dst = append(dst, head[:]...)
	for _, f := range fields {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(f.Data)+1))
		dst = append(append(dst, byte(f.ID)), f.Data...)
	}
	return dst, nil
}

// adminField parses one field.
func (r *reader) adminField() AdminField {
	size := r.u32("admin field")
	if size == 0 || uint64(size) > uint64(len(r.buf)) {
		r.fail("admin field of " + strconv.FormatUint(uint64(size), 10) + " bytes")
		return AdminField{}
	}
	id := AdminFieldID(r.u8("admin field"))
	return AdminField{id, r.take(int(size)-1, "admin field")}
}

func textField(id AdminFieldID, text string) AdminField { return AdminField{id, []byte(text)} }

func u32Field(id AdminFieldID, n uint32) AdminField {
	return AdminField{id, binary.BigEndian.AppendUint32(nil, n)}
}

// u32 parses a field of four bytes.
func (f AdminField) u32() (uint32, error) {
	if len(f.Data) != 4 {
		return 0, fmt.Errorf("%w: %v", protocol.ErrMalformed, f)
	}
	return binary.BigEndian.Uint32(f.Data), nil
}

// checkName checks the name of a user or role.
func checkName(what, name string) error {
	if name == "" || len(name) > protocol.MaxUserLen {
		return fmt.Errorf("the name of a %s must have 1 to %d bytes, not %d", what, protocol.MaxUserLen, len(name))
	}
	return nil
}

// namesField returns a field with names, each after its length.
func namesField(id AdminFieldID, names []string) AdminField {
	data := []byte{byte(len(names))}
	for _, name := range names {
		data = append(append(data, byte(len(name))), name...)
	}
	return AdminField{id, data}
}

// checkRoles checks the names of roles that namesField will write.
func checkRoles(names []string) error {
	if len(names) > maxAdminFields {
		return fmt.Errorf("%d roles, at most %d are possible in one command", len(names), maxAdminFields)
	}
	for _, name := range names {
		if err := checkName("role", name); err != nil {
			return err
		}
	}
	return nil
}

// ParseRoleNames parses the data of an AdminFieldRoles. Errors wrap [protocol.ErrMalformed].
func ParseRoleNames(data []byte) ([]string, error) {
	rd := reader{buf: data}
	n := rd.count(int(rd.u8("number of roles")), 1, "names of roles")
	names := make([]string, 0, n)
	for range n {
		names = append(names, string(rd.take(int(rd.u8("length of a role's name")), "name of a role")))
	}
	return names, rd.end("names of roles")
}

// end returns the first error, or an error if there are bytes left.
func (r *reader) end(what string) error {
	if r.err == nil && len(r.buf) > 0 {
		r.fail("end of " + what)
	}
	return r.err
}

// splitAddresses parses the data of an AdminFieldAllowlist.
func splitAddresses(data []byte) (list []string) {
	for a := range strings.SplitSeq(string(data), ",") {
		if a != "" {
			list = append(list, a)
		}
	}
	return list
}

// checkAddresses checks the addresses of an allowlist. They are separated by commas in the field.
func checkAddresses(list []string) error {
	for _, a := range list {
		if a == "" || strings.ContainsAny(a, ", \t\n") {
			return fmt.Errorf("invalid address %q: must have the form 10.0.0.1 or 10.0.0.0/8", a)
		}
	}
	return nil
}
