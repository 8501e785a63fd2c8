import { nationalDigits } from '../fixtures/numbers';
import { expectProblem, seconds, userOf } from '../fixtures/shapes';
import { requestCode, type SignIn, signIn, signInAgain, verify, wrongCode } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

test.describe('POST /api/auth/verify-otp', () => {
  test('makes an account for a new number, in exactly the contract’s shape', async ({ client, newPhone }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    const answer = await verify(client, phone, code);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      success: true,
      message: 'Account created',
      created: true,
      needs_profile_completion: true,
      user: userOf(phone),
      tokens: {
        access: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        refresh: expect.stringMatching(/^[\w-]{43,}$/),
        token_type: 'Bearer',
        expires_in: 900,
        refresh_expires_in: 14 * 86_400,
      },
    });
  });

  test('signs a known number in to the same account', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    const first = await signIn(client, phone, { first_name: 'John', last_name: 'Doe', email: 'john@example.com' });
    expect(first.needs_profile_completion).toBe(false);
    const second = await signInAgain(client, phone, clock);
    expect(second).toMatchObject({ message: 'Login successful', created: false, needs_profile_completion: false });
    expect(second.user).toEqual({ ...first.user, updated_at: second.user.updated_at });
  });

  test('a profile with first name, last name and e-mail is complete, and not before', async ({
    client,
    newPhone,
    clock,
  }) => {
    const phone = newPhone();
    expect(await signIn(client, phone, { first_name: 'John', last_name: 'Doe' })).toMatchObject({
      needs_profile_completion: true,
    });
    expect(await signInAgain(client, phone, clock, { email: 'john@example.com' })).toMatchObject({
      needs_profile_completion: false,
    });
  });

  const names: [string, string | null, string | null][] = [
    ['John Ronald Doe', 'John', 'Ronald Doe'],
    ['Cher', 'Cher', null],
    ['  Ana   Maria  ', 'Ana', 'Maria'],
  ];
  for (const [name, first_name, last_name] of names) {
    test(`splits the name "${name}" of send-otp at its first space`, async ({ client, newPhone }) => {
      const phone = newPhone();
      const { code } = await requestCode(client, phone, { name });
      const answer = await verify(client, phone, code);
      expect(answer.json<SignIn>().user).toMatchObject({
        first_name,
        last_name,
        name: [first_name, last_name].filter(Boolean).join(' '),
      });
    });
  }

  test('names and e-mail fill what is blank and never overwrite what is known', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    await signIn(client, phone, { first_name: 'John' });
    await clock.passForPhone(phone, 61);
    const { code } = await requestCode(client, phone, { name: 'Mallory Other' });
    const answer = await verify(client, phone, code, {
      first_name: 'Mallory',
      last_name: 'Doe',
      email: 'john@example.com',
    });
    expect(answer.json<SignIn>().user).toMatchObject({
      first_name: 'John',
      last_name: 'Doe',
      email: 'john@example.com',
    });
    const third = await signInAgain(client, phone, clock, {
      first_name: 'Mallory',
      last_name: 'Smith',
      email: 'mallory@example.com',
    });
    expect(third.user).toMatchObject({ first_name: 'John', last_name: 'Doe', email: 'john@example.com' });
  });

  test('takes the number in any writing, and a spent code never again', async ({ client, newPhone }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    expect((await verify(client, nationalDigits(phone), code)).status).toBe(200);
    expectProblem(await verify(client, phone, code), 'code_expired');
  });

  test('counts five wrong codes down to zero; then even the right one is dead', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      expectProblem(await verify(client, phone, wrongCode(code, attemptsLeft + 1)), 'invalid_code', {
        attempts_left: attemptsLeft,
      });
    }
    for (const otp of [wrongCode(code), code, code]) {
      const answer = await verify(client, phone, otp);
      expectProblem(answer, 'too_many_attempts', { attempts_left: 0, retry_after_seconds: seconds(1, 60) });
    }
    expect(await signInAgain(client, phone, clock)).toMatchObject({ created: true });
  });

  test('a right code after four wrong ones signs in', async ({ client, newPhone }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    for (const by of [1, 2, 3, 4]) await verify(client, phone, wrongCode(code, by));
    expect((await verify(client, phone, code)).status).toBe(200);
  });

  test('a new code brings new tries but does not forget wrong ones: from the tenth in a row on, the number waits', async ({
    client,
    newPhone,
    clock,
  }) => {
    const phone = newPhone();
    for (let round = 0; round < 2; round += 1) {
      const { code } = await requestCode(client, phone);
      for (const by of [1, 2, 3, 4, 5]) {
        expectProblem(await verify(client, phone, wrongCode(code, by)), 'invalid_code', { attempts_left: 5 - by });
      }
      if (round === 0) await clock.passForPhone(phone, 61);
    }
    await clock.passForPhone(phone, 20);
    expectProblem(await verify(client, phone, '000000'), 'too_many_attempts', { retry_after_seconds: seconds(1, 11) });
    await clock.passForPhone(phone, 41);
    expect(await signIn(client, phone)).toMatchObject({ created: true });
  });

  test('a code dies with its five minutes', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    await clock.passForPhone(phone, 301);
    expectProblem(await verify(client, phone, code), 'code_expired');
  });

  test('works until the end of its five minutes', async ({ client, newPhone, clock }) => {
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    await clock.passForPhone(phone, 280);
    expect((await verify(client, phone, code)).status).toBe(200);
  });

  test('the code of one number does not work for another', async ({ client, newPhone }) => {
    const [mine, yours] = [newPhone(), newPhone('BD')];
    const { code, challenge_id } = await requestCode(client, mine);
    expectProblem(await verify(client, yours, code), 'code_expired');
    expectProblem(await verify(client, yours, code, { challenge_id }), 'code_expired');
    const { code: other } = await requestCode(client, yours);
    if (code !== other) expectProblem(await verify(client, yours, code), 'invalid_code', { attempts_left: 4 });
    expect((await verify(client, mine, code)).status).toBe(200);
  });

  test('a wrong challenge_id takes no try away', async ({ client, newPhone }) => {
    const phone = newPhone();
    const { code, challenge_id } = await requestCode(client, phone);
    const others = await requestCode(client, newPhone());
    for (const foreign of [others.challenge_id, '01890a5d-ac96-774b-bcce-b302099a8057']) {
      expectProblem(await verify(client, phone, code, { challenge_id: foreign }), 'code_expired');
    }
    expectProblem(await verify(client, phone, wrongCode(code)), 'invalid_code', { attempts_left: 4 });
    expect((await verify(client, phone, code, { challenge_id })).status).toBe(200);
  });

  test('suspension is told only after a right code, which is then spent', async ({ client, newPhone, sql, clock }) => {
    const phone = newPhone();
    const { tokens } = await signIn(client, phone);
    await sql`update users set suspended_at = now(), suspended_reason = 'test' where phone = ${phone}`;
    await clock.passForPhone(phone, 61);
    const { code } = await requestCode(client, phone);
    expectProblem(await verify(client, phone, wrongCode(code)), 'invalid_code', { attempts_left: 4 });
    expectProblem(await verify(client, phone, code), 'account_suspended');
    expectProblem(await verify(client, phone, code), 'code_expired');
    expectProblem(
      await client.get('/api/me', { headers: { authorization: `Bearer ${tokens.access}` } }),
      'token_revoked',
    );
  });

  test('known, unknown and suspended numbers are answered alike', async ({ client, newPhone, sql, clock }) => {
    const [known, suspended, unknown] = [newPhone(), newPhone(), newPhone()];
    for (const phone of [known, suspended]) await signIn(client, phone);
    await sql`update users set suspended_at = now() where phone = ${suspended}`;
    const shapes = [];
    for (const phone of [known, suspended, unknown]) {
      await clock.passForPhone(phone, 61);
      const { challenge_id, phone: said, ...rest } = (await client.post('/api/auth/send-otp', { phone })).json();
      expect([typeof challenge_id, said]).toEqual(['string', phone]);
      shapes.push(rest);
    }
    expect(shapes[1]).toEqual(shapes[0]);
    expect(shapes[2]).toEqual(shapes[0]);
  });
});
