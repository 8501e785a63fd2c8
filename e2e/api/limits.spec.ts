import { Client } from '../fixtures/http-client';
import { expectProblem, seconds } from '../fixtures/shapes';
import { requestCode, signIn, verify } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const tenMinutes = seconds(480, 600);

test.describe('limits on sending', () => {
  test('a number gets five codes in ten minutes, from wherever they are asked for, and the sixth later', async ({
    newClient,
    newPhone,
    clock,
  }) => {
    const phone = newPhone();
    for (let sent = 0; sent < 5; sent += 1) {
      await requestCode(newClient(), phone);
      await clock.passForPhone(phone, 61);
    }
    expectProblem(await newClient().post('/api/auth/send-otp', { phone }), 'too_many_requests', {
      retry_after_seconds: seconds(240, 300),
    });
    await clock.passForPhone(phone, 300);
    await requestCode(newClient(), phone);
  });

  test('a number gets ten codes in a day', async ({ newClient, newPhone, clock }) => {
    const phone = newPhone();
    for (let sent = 0; sent < 10; sent += 1) {
      await requestCode(newClient(), phone);
      await clock.passForPhone(phone, 601);
    }
    expectProblem(await newClient().post('/api/auth/send-otp', { phone }), 'too_many_requests', {
      retry_after_seconds: seconds(79_000, 86_400),
    });
  });

  test('an address gets ten codes in ten minutes, whatever numbers it asks for', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    for (let sent = 0; sent < 10; sent += 1) await requestCode(client, newPhone());
    const phone = newPhone();
    expectProblem(await client.post('/api/auth/send-otp', { phone }), 'too_many_requests', {
      retry_after_seconds: tenMinutes,
    });
    await requestCode(newClient(), phone);
    await clock.passForAddress(client.address, 601);
    await requestCode(client, newPhone());
  });

  test('an address gets thirty codes in an hour', async ({ client, newPhone, clock }) => {
    for (let sent = 0; sent < 30; sent += 1) {
      await requestCode(client, newPhone());
      if (sent % 10 === 9) await clock.passForAddress(client.address, 601);
    }
    expectProblem(await client.post('/api/auth/send-otp', { phone: newPhone() }), 'too_many_requests', {
      retry_after_seconds: seconds(1_700, 1_800),
    });
  });

  test('malformed requests and refused numbers take places as well', async ({ client, newPhone }) => {
    const malformed = [{}, { phone: 5 }, { phone: '1' }, { phone: '+91' }, { phone: 'x', surprise: 1 }];
    for (let round = 0; round < 2; round += 1) {
      for (const body of malformed) expect((await client.post('/api/auth/send-otp', body)).status).toBe(400);
    }
    expectProblem(await client.post('/api/auth/send-otp', { phone: newPhone() }), 'too_many_requests', {
      retry_after_seconds: tenMinutes,
    });
    expectProblem(await client.post('/api/auth/send-otp', {}), 'too_many_requests', {
      retry_after_seconds: tenMinutes,
    });
  });

  test('a refused request makes nobody wait longer', async ({ client, newPhone }) => {
    for (let sent = 0; sent < 10; sent += 1) await requestCode(client, newPhone());
    for (let asked = 0; asked < 5; asked += 1) {
      expectProblem(await client.post('/api/auth/send-otp', { phone: newPhone() }), 'too_many_requests', {
        retry_after_seconds: tenMinutes,
      });
    }
  });

  test('addresses written into X-Forwarded-For by the client itself change nothing', async ({
    client,
    newPhone,
    newAddress,
  }) => {
    const ask = () =>
      client.post(
        '/api/auth/send-otp',
        { phone: newPhone() },
        { 'x-forwarded-for': `${newAddress()}, ${client.address}` },
      );
    for (let sent = 0; sent < 10; sent += 1) expect((await ask()).status).toBe(200);
    expectProblem(await ask(), 'too_many_requests', { retry_after_seconds: tenMinutes });
    const others = {
      'x-real-ip': newAddress(),
      forwarded: `for=${newAddress()}`,
      'cf-connecting-ip': newAddress(),
      'x-client-ip': newAddress(),
    };
    const answer = await client.post('/api/auth/send-otp', { phone: newPhone() }, others);
    expectProblem(answer, 'too_many_requests', { retry_after_seconds: tenMinutes });
  });

  test('one household of IPv6 addresses counts as one', async ({ client, newPhone }) => {
    for (let sent = 0; sent < 10; sent += 1) {
      const headers = { 'x-forwarded-for': `2001:db8:7:${client.address.split('.').at(-1)}::${sent + 1}` };
      expect((await client.post('/api/auth/send-otp', { phone: newPhone() }, headers)).status).toBe(200);
    }
    const headers = { 'x-forwarded-for': `2001:db8:7:${client.address.split('.').at(-1)}:ffff:1:2:3` };
    const answer = await client.post('/api/auth/send-otp', { phone: newPhone() }, headers);
    expectProblem(answer, 'too_many_requests', { retry_after_seconds: tenMinutes });
  });

  test('whoever comes without an address shares one strict window', async ({ run, newPhone }) => {
    const nameless = new Client(run.appUrl, '');
    const ask = (address?: string) =>
      nameless.post(
        '/api/auth/send-otp',
        { phone: newPhone() },
        address === undefined ? {} : { 'x-forwarded-for': address },
      );
    const statuses = [];
    for (const address of [
      undefined,
      '',
      'unknown',
      '300.1.1.1',
      '_hidden',
      undefined,
      '',
      'localhost',
      '::g',
      '1.2.3',
      undefined,
    ]) {
      statuses.push((await ask(address)).status);
    }
    nameless.close();
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });
});

test.describe('limits on refreshing', () => {
  test('an address may present sixty unknown tokens in five minutes, and known ones all the same', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const { tokens } = await signIn(client, newPhone());
    const refresh = (by: Client, token: string) => by.post('/api/auth/refresh', { refresh: token });
    for (let asked = 0; asked < 60; asked += 1) {
      expectProblem(await refresh(client, `unknown-${asked}`), 'unauthenticated');
    }
    const limited = { retry_after_seconds: seconds(240, 300) };
    expectProblem(await refresh(client, 'unknown'), 'too_many_requests', limited);
    expectProblem(await client.post('/api/auth/logout', { refresh: 'unknown' }), 'too_many_requests', limited);
    expectProblem(await refresh(newClient(), 'unknown'), 'unauthenticated');
    expect((await refresh(client, tokens.refresh)).status).toBe(200);
    await clock.passForAddress(client.address, 301);
    expectProblem(await refresh(client, 'unknown'), 'unauthenticated');
  });
});

test.describe('limits on verifying', () => {
  test('an address may try thirty times in five minutes', async ({ client, newClient, newPhone, clock }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    for (let tried = 0; tried < 30; tried += 1)
      expectProblem(await verify(client, newPhone(), '123456'), 'code_expired');
    expectProblem(await verify(client, phone, code), 'too_many_requests', { retry_after_seconds: seconds(240, 300) });
    // The code itself has lost nothing.
    expect((await verify(newClient(), phone, code)).status).toBe(200);
    await clock.passForAddress(client.address, 301);
    expectProblem(await verify(client, phone, code), 'code_expired');
  });

  test('malformed tries count', async ({ client, newPhone }) => {
    const phone = newPhone();
    for (let tried = 0; tried < 30; tried += 1) {
      expect((await client.post('/api/auth/verify-otp', { phone, otp: 123_456 })).status).toBe(400);
    }
    expectProblem(await verify(client, phone, '123456'), 'too_many_requests', {
      retry_after_seconds: seconds(240, 300),
    });
  });

  test('asking for codes uses up no tries', async ({ client, newPhone }) => {
    for (let sent = 0; sent < 11; sent += 1) await client.post('/api/auth/send-otp', { phone: newPhone() });
    expectProblem(await verify(client, newPhone(), '123456'), 'code_expired');
  });

  test('a sign-in uses up neither codes of other addresses nor of other numbers', async ({ newClient, newPhone }) => {
    for (let person = 0; person < 3; person += 1)
      expect(await signIn(newClient(), newPhone())).toMatchObject({ created: true });
  });
});
