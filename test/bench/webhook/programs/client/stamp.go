package main

import (
	"bytes"
	"fmt"
	"regexp"
)

// What an API server makes up for each pod of one template: the request's uid, and the name of the volume with the account's token.
var madeUp = regexp.MustCompile(`"request":\{"uid":"([^"]*)"|"(kube-api-access-[a-z0-9]{5})"`)

// What a controller leaves to the API server, unless it names its pods itself.
var unnamed = []byte(`"generateName":"`)

// stencil is a request of which one may be made after another, all as long as it.
type stencil struct {
	body     []byte
	uid      []byte
	volume   []byte
	distinct bool
}

func newStencil(body []byte, distinct bool) (stencil, error) {
	found := stencil{body: body, distinct: distinct}
	for _, match := range madeUp.FindAllSubmatch(body, -1) {
		if match[1] != nil {
			found.uid = match[1]
		} else {
			found.volume = match[2]
		}
	}
	if found.uid == nil || found.volume == nil {
		return found, fmt.Errorf("the request has no uid, or no volume with a token")
	}
	return found, nil
}

// stamp makes the request of a number, and gives its uid, too.
func (s stencil) stamp(connection, number int) (body, uid []byte) {
	uid = fmt.Appendf(nil, "%08x-0000-4000-8000-%012x", connection, number)
	body = bytes.Replace(s.body, s.uid, uid, 1)
	body = bytes.ReplaceAll(body, s.volume, append([]byte("kube-api-access-"), suffix(number)...))
	if s.distinct {
		body = bytes.Replace(body, unnamed, fmt.Appendf(nil, `"name":"%d-%d-`, connection, number), 1)
	}
	return body, uid
}

const letters = "bcdfghjklmnpqrstvwxz2456789"

// suffix is five of the letters that Kubernetes takes for names.
func suffix(number int) []byte {
	text := make([]byte, 5)
	for index := range text {
		text[index] = letters[number%len(letters)]
		number /= len(letters)
	}
	return text
}
