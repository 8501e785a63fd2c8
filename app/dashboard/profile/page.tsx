import type { Metadata } from 'next';
import Link from 'next/link';
import { AvatarEditor } from '@/components/dashboard/avatar-editor';
import { ProfileForm } from '@/components/dashboard/profile-form';
import { languageChoices, readablePhone } from '@/components/dashboard/profile-words';
import { ArrowLeft } from '@/components/ui/more-icons';
import { textLink } from '@/components/ui/text-link';
import { requireUser } from '@/lib/http/guards';
import { bodyPolicy, profilePolicy } from '@/lib/policy';

export const metadata: Metadata = { title: 'Edit profile' };

export default async function ProfilePage() {
  const { user } = await requireUser();
  return (
    <>
      <Link href="/dashboard" prefetch={false} className={`${textLink} text-sm no-underline!`}>
        <ArrowLeft className="mr-2 inline size-4 align-[-3px]" />
        Back
      </Link>
      <h1 className="mt-4 text-title">Edit profile</h1>
      <div className="py-10">
        <AvatarEditor url={user.avatar_url} name={user.name ?? ''} mostBytes={bodyPolicy.imageBytes} />
      </div>
      <ProfileForm
        user={user}
        phone={user.phone ? readablePhone(user.phone) : ''}
        languages={languageChoices(user.locale)}
        bioCharacters={profilePolicy.bioCharacters}
      />
    </>
  );
}
