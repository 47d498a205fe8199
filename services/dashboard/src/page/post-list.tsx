import type { PostView } from '../api-schemas.ts';

import { ago, formatCount } from '../format.ts';
import { ageOf } from './clock.ts';

/** Posts as text nodes: nothing in them is ever markup, and their direction stays inside them. */
export function PostList({
  posts,
  clamp = false,
}: {
  readonly posts: readonly PostView[];
  readonly clamp?: boolean;
}) {
  return (
    <ul class={clamp ? 'posts clamped' : 'posts'}>
      {posts.map((post) => (
        <li class="post" key={post.id}>
          <p class="post-text" dir="auto">
            {post.text}
          </p>
          <p class="post-facts">
            <span>{post.source}</span>
            <span>{ago(ageOf(post.eventTime))}</span>
            {post.reach !== undefined && <span>reaches {formatCount(post.reach)}</span>}
            {post.role === 'first' && <span>among the first</span>}
            {post.role === 'most-shared' && <span>most shared</span>}
            {post.url !== undefined && (
              <a href={post.url} target="_blank" rel="noopener noreferrer nofollow">
                Open<span class="visually-hidden"> the post at {post.source}, in a new tab</span>
              </a>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
