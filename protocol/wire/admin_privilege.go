package wire

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

func checkPrivileges(list []protocol.Privilege) error {
	if len(list) > maxAdminFields {
		return fmt.Errorf("%d privileges, at most %d are possible in one command", len(list), maxAdminFields)
	}
	for i := range list {
		if err := list[i].Check(); err != nil {
			return err
		}
	}
	return nil
}

func privilegesField(list []protocol.Privilege) AdminField {
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

// ParsePrivileges parses the data of an AdminFieldPrivileges. It accepts unknown codes; whether
// they have a scope depends on their number, see [protocol.PrivilegeCode.Scoped]. Errors wrap
// [protocol.ErrMalformed].
func ParsePrivileges(data []byte) ([]protocol.Privilege, error) {
	rd := reader{buf: data}
	n := rd.count(int(rd.u8("number of privileges")), 1, "privileges")
	list := make([]protocol.Privilege, 0, n)
	for range n {
		p := protocol.Privilege{Code: protocol.PrivilegeCode(rd.u8("privilege"))}
		if p.Code.Scoped() {
			p.Namespace = string(rd.take(int(rd.u8("length of a namespace")), "namespace of a privilege"))
			p.Set = string(rd.take(int(rd.u8("length of a set")), "set of a privilege"))
		}
		list = append(list, p)
	}
	return list, rd.end("privileges")
}
