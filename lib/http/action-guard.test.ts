import { NextRequest } from 'next/server';
import { describe, expect, it } from 'vitest';
import { actionRefusal } from './action-guard';
import { fieldNamed, formOf, formOfParts, formType } from './testing/form-body';

const post = (headers: Record<string, string>, body: string) =>
  actionRefusal(new NextRequest('https://latchkey.example/auth', { method: 'POST', headers, body }));

describe('a POST to a page', () => {
  it.each([
    'multipart/form-data',
    'multipart/form-datax; boundary=b',
    'multipart/form-data, boundary=b',
    'multipart/form-data ; boundary=',
    'multipart/mixed; boundary=b',
  ])('of the media type %j, which Next would try to decode and fail at, is refused', async (type) => {
    expect(await post({ 'content-type': type }, '--b\r\n')).toMatchObject({ code: 'invalid_request' });
  });

  it('that is a readable form of texts goes on, and one with a file does not', async () => {
    const type = { 'content-type': formType };
    expect(await post(type, formOf({ phone: '1' }))).toBeNull();
    const file = formOfParts([[`${fieldNamed('phone')}; filename="x"\r\nContent-Type: text/plain`, '1']]);
    expect(await post(type, file)).toMatchObject({ code: 'invalid_request' });
  });

  it('that is a form whose React parts no page of ours would write is refused', async () => {
    const type = { 'content-type': formType };
    const sent = (fields: Record<string, string>) =>
      post('$ACTION_1:0' in fields ? type : { ...type, 'next-action': 'x' }, formOf(fields));
    const ours: Record<string, string>[] = [
      { '0': '["$undefined","$K1"]', _1_phone: '$1' },
      { '0': '[{"problem":{"retry":1,"said":"$$5"}},"$K1"]' },
      {
        $ACTION_REF_1: '',
        '$ACTION_1:0': '{"id":"4f","bound":"$@1"}',
        '$ACTION_1:1': '[{"problem":null}]',
        phone: '$1',
      },
      { '$ACTION_1:0': '{"id":"4f","bound":null}', $ACTION_KEY: 'k1' },
    ];
    for (const fields of ours) expect(await sent(fields), JSON.stringify(fields)).toBeNull();
    const nobodys: Record<string, string>[] = [
      {},
      { _1_phone: '1' },
      { '0': 'null' },
      { '0': '5' },
      { '0': '"x"' },
      { '0': '[]', S0: '[]' },
      { '0': '[]', '0x0': '[]' },
      { '0': '[]', '': '[]' },
      { '0': '["$@1"]', 'undefined:1': '[]' },
      { '0': 'garbage' },
      { '0': '["$F1"]' },
      { '0': '["$1:a:b"]' },
      { '0': '[{"a":["$Q1"]}]' },
      { '0': '["$K1"]', '1': '["$B1"]' },
      { '0': '["$@1"]' },
      { '$ACTION_1:0': '{"id":"4f","bound":"$@1"}' },
      { '$ACTION_1:0': '{"id":"4f","bound":"$Q1"}' },
      { '$ACTION_1:0': '{"id":"4f","bound":null,"a":1}' },
      { '$ACTION_1:0': '{"id":"4f","bound":"$@1"}', '$ACTION_1:1': 'null' },
      { '$ACTION_1:0': '{"id":"4f","bound":"$@1"}', '$ACTION_1:1': '"$@1"' },
      { '$ACTION_1:0': '{"id":"4f","bound":"$@1"}', '$ACTION_1:1': `[${'1,'.repeat(1001)}1]` },
      { '$ACTION_1:0': '{"id":"4f","bound":"$@10"}', '$ACTION_1:10': '[]' },
      { '$ACTION_x:0': '{"id":"4f","bound":null}', '$ACTION_1:0': '{"id":"4f","bound":null}' },
      { '$ACTION_1:0': '{"id":"4f","bound":"$@1"}', '$ACTION_1:1': '["$F2"]' },
    ];
    for (const fields of nobodys) {
      expect(await sent(fields), JSON.stringify(fields).slice(0, 200)).toMatchObject({ code: 'invalid_request' });
    }
  });

  it('that calls an action by a form that Next reads otherwise than everybody else is refused', async () => {
    const sent = (parts: [headers: string, value: string][], contentType = formType) =>
      post({ 'content-type': contentType, 'next-action': 'x' }, formOfParts(parts));
    const call: [string, string] = [fieldNamed('0'), '[]'];
    expect(await sent([[fieldNamed('_1_a%22b'), '--of-the-for\r\nm: "$Q1"'], call])).toBeNull();
    const nobodys: [string, string][][] = [
      // The second one fails what reads the first.
      [call, [fieldNamed('0'), '["C"]']],
      // Next takes the first of two names, `formData()` the last.
      [
        [`${fieldNamed('_1_a')}\r\n${fieldNamed('0')}`, '[]'],
        [`${fieldNamed('0')}\r\n${fieldNamed('_1_a')}`, '["$Q1"]'],
      ],
      // Next takes these for a file, and for another charset.
      [[`${fieldNamed('0')}\r\nContent-Type: application/octet-stream`, '[]']],
      [[`${fieldNamed('0')}\r\nContent-Type: text/plain; charset=utf-16le`, '[]']],
      [[fieldNamed('0'), '\ufeff[]']],
      [[`Content-Disposition: form-data; name="\\0"`, '[]'], call],
      [[fieldNamed('0'), JSON.stringify(Array.from({ length: 1001 }, () => 1))]],
    ];
    for (const parts of nobodys) {
      expect(await sent(parts), JSON.stringify(parts).slice(0, 200)).toMatchObject({ code: 'invalid_request' });
    }
    // For Next a form only as it is spelled here: else the whole body is one text.
    for (const other of ['Multipart/form-data', 'multipart/Form-Data']) {
      const refusal = await sent([call], formType.replace('multipart/form-data', other));
      expect(refusal, other).toMatchObject({ code: 'invalid_request' });
    }
  });

  it('that calls an action with more than plain texts, or with too much, is refused', async () => {
    const call = { 'next-action': 'x', 'content-type': 'text/plain;charset=UTF-8' };
    expect(await post(call, '[{"phone":"1"}]')).toBeNull();
    expect(await post(call, '[{"phone":"$1:then"}]')).toMatchObject({ code: 'invalid_request' });
    expect(await post(call, '[{"phone":{"a":1}}]')).toMatchObject({ code: 'invalid_request' });
    expect(await post(call, `[{"phone":"${'1'.repeat(17_000)}"}]`)).toMatchObject({ code: 'payload_too_large' });
    expect(await post({ ...call, 'content-type': 'application/json' }, '[]')).toMatchObject({
      code: 'unsupported_media_type',
    });
  });
});
